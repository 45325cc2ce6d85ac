import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
  SecurityGroup,
  Subnet,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** Where a deployment's Active Directory is, and from where it can be reached. */
export interface DirectoryPlace {
  /** `ldaps://host[:port]`, or `ldap://` for StartTLS. */
  readonly url: string;
  readonly baseDn: string;
  /** Secret with JSON of `user` and `password`, and `authority` (PEM) and `serverName` where needed. */
  readonly secretName: string;
  readonly vpcId: string;
  /** Private subnets from which the directory, DynamoDB, Secrets Manager and SQS are reached. */
  readonly subnetIds: readonly string[];
  readonly availabilityZones: readonly string[];
}

/** What a function gets that talks to the directory. */
export class DirectoryAccess extends Construct {
  readonly place: DirectoryPlace;
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly securityGroup: ISecurityGroup;
  /** Matches the secret's ARN, whose last six characters nobody knows. */
  readonly secretArn: string;

  constructor(scope: Construct, id: string, place: DirectoryPlace) {
    super(scope, id);
    this.place = place;
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: place.vpcId,
      availabilityZones: [...place.availabilityZones],
    });
    this.subnets = place.subnetIds.map((one) => Subnet.fromSubnetId(this, one, one));
    this.securityGroup = new SecurityGroup(this, 'Group', {
      vpc: this.vpc,
      description: 'Functions that talk to the directory',
    });
    this.secretArn = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${place.secretName}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
