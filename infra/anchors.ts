import { Duration, Names, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Unit } from './context.ts';
import { acknowledge } from './nag.ts';

/** How long an anchor stands where nobody says otherwise: a year, and time to look at it. */
const usualDays = 400;

/** The bucket of anchors of the audit: what is there can be changed and deleted by nobody, the account's owner included. */
export class Anchors extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { days = usualDays }: { readonly days?: number | undefined }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(days)),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const everything = this.bucket.arnForObjects('*');
    this.refuse(['s3:DeleteObject', 's3:DeleteObjectVersion'], everything);
    this.refuse(['s3:PutLifecycleConfiguration'], this.bucket.bucketArn);
    // An object is put where there is none, or not at all.
    this.refuse(['s3:PutObject'], everything, { Null: { 's3:if-none-match': 'true' } });
    acknowledge(this.bucket, 'anchors');
  }

  private refuse(actions: string[], resource: string, conditions?: Record<string, object>): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources: [resource],
        ...(conditions ? { conditions } : {}),
      }),
    );
  }

  /** Lets a function put anchors and look at what stands where one was to be put. */
  grant(unit: Unit): void {
    unit.allow(['s3:PutObject', 's3:GetObject'], [this.bucket.arnForObjects('anchors/*')]);
    unit.environment({ ANCHOR_BUCKET: this.bucket.bucketName });
    // The functions of a context stand in a nested stack and know the bucket by a parameter of this name.
    const parameter = `referenceto${Names.nodeUniqueId((this.bucket.node.defaultChild as Construct).node)}Arn`;
    acknowledge(unit, 'anchoring', parameter);
  }
}
