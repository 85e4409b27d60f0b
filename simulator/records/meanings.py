"""What each kind of event says, as a sentence without its subject.

The subject is whoever `userIdentity` shows: a user, an administrator, a provisioning client. In
the present tense: whether it went well stands in the record, not in its kind.
"""

from __future__ import annotations

from typing import Final

_ROWS: Final = """
signin/CredentialChallenge is asked for one factor of a sign-in
signin/CredentialVerification answers a challenge of a sign-in
signin/UserAuthentication has shown every factor that was asked for, and is signed in
signin/ExternalIdPDirectoryLogin comes from the external identity provider with an assertion
signin/GetSigninToken trades a role's credentials for a sign-in token of the console
signin/ConsoleLogin enters the AWS console of an account

sso/Authenticate opens the access portal
sso/Federate enters an account from the access portal, into its console
sso/ListAccountRoles asks which roles the user may take in an account
sso/ListAccounts asks which accounts the user may enter
sso/ListApplications asks which applications the user has in the access portal
sso/ListProfilesForApplication asks which ways the user has into an application
sso/GetRoleCredentials fetches credentials of a role in an account
sso/Logout signs out of the access portal
sso/CreateToken asks for an access token for a tool or application
sso-oauth/CreateTokenWithIAM trades a grant for an access token, as an application with IAM
  credentials

sso-directory/ListMfaDevicesForUser asks which MFA devices a user has
sso-directory/DeleteMfaDeviceForUser removes an MFA device of a user
sso-directory/UpdateMfaDeviceForUser renames an MFA device of a user
sso-directory/StartWebAuthnDeviceRegistration begins to register a security key or passkey for a
  user
sso-directory/StartVirtualMfaDeviceRegistration begins to register an authenticator app for a user
sso-directory/CompleteWebAuthnDeviceRegistration registers a security key or passkey for a user
sso-directory/CompleteVirtualMfaDeviceRegistration registers an authenticator app for a user

sso-directory/CreateGroup creates a group
sso-directory/UpdateGroup changes a group
sso-directory/UpdateGroupDisplayName renames a group
sso-directory/DeleteGroup deletes a group
sso-directory/AddMemberToGroup adds a user to a group
sso-directory/RemoveMemberFromGroup removes a user from a group
sso-directory/CreateUser creates a user
sso-directory/UpdateUser changes attributes of a user
sso-directory/UpdateUserName gives a user another user name
sso-directory/DeleteUser deletes a user
sso-directory/DisableUser disables a user's access
sso-directory/EnableUser enables a user's access
sso-directory/UpdatePassword resets a user's password
sso-directory/VerifyEmail has a user's email address verified
sso-directory/DescribeDirectory reads what the directory is
sso-directory/DescribeUser reads a user
sso-directory/DescribeUsers reads several users
sso-directory/DescribeUserByUniqueAttribute looks a user up by an attribute
sso-directory/DescribeGroup reads a group
sso-directory/DescribeGroups reads several groups
sso-directory/ListGroupsForUser lists the groups of a user
sso-directory/ListGroupsForMember lists the groups of a member
sso-directory/ListMembersInGroup lists the members of a group
sso-directory/IsMemberInGroup asks whether a user is in a group
sso-directory/SearchUsers searches users
sso-directory/SearchGroups searches groups
sso-directory/CreateAlias gives the access portal a name in its address
sso-directory/GetUserPoolInfo reads settings of the identity store
sso-directory/GetAWSSPConfigurationForDirectory reads what the external identity provider is told
  of Identity Center
sso-directory/CreateExternalIdPConfigurationForDirectory sets up an external identity provider
sso-directory/UpdateExternalIdPConfigurationForDirectory changes the external identity provider's
  settings
sso-directory/DeleteExternalIdPConfigurationForDirectory deletes the external identity provider's
  settings
sso-directory/EnableExternalIdPConfigurationForDirectory has users sign in at the external identity
  provider
sso-directory/DisableExternalIdPConfigurationForDirectory has users no longer sign in at the
  external identity provider
sso-directory/ListExternalIdPConfigurationsForDirectory lists external identity providers
sso-directory/ImportExternalIdPCertificate adds a certificate of the external identity provider
sso-directory/DeleteExternalIdPCertificate removes a certificate of the external identity provider
sso-directory/ListExternalIdPCertificates lists certificates of the external identity provider
sso-directory/CreateProvisioningTenant turns automatic provisioning (SCIM) on
sso-directory/DeleteProvisioningTenant turns automatic provisioning (SCIM) off
sso-directory/DescribeProvisioningTenant reads the settings of automatic provisioning
sso-directory/ListProvisioningTenants asks whether automatic provisioning is on
sso-directory/CreateBearerToken makes a token for automatic provisioning
sso-directory/DeleteBearerToken deletes a token of automatic provisioning
sso-directory/ListBearerTokens lists the tokens of automatic provisioning
sso-directory/PutMfaDeviceManagementForDirectory sets who may manage MFA devices

identitystore/CreateGroup creates a group
identitystore/UpdateGroup changes a group
identitystore/DeleteGroup deletes a group
identitystore/CreateGroupMembership adds a user to a group
identitystore/DeleteGroupMembership removes a user from a group
identitystore/CreateUser creates a user
identitystore/UpdateUser changes attributes of a user
identitystore/DeleteUser deletes a user
identitystore/DescribeGroup reads a group
identitystore/DescribeGroupMembership reads a membership
identitystore/DescribeUser reads a user
identitystore/GetGroupId looks up the id of a group
identitystore/GetGroupMembershipId looks up the id of a membership
identitystore/GetUserId looks up the id of a user
identitystore/IsMemberInGroups asks whether a user is in groups
identitystore/ListGroupMemberships lists the members of a group
identitystore/ListGroupMembershipsForMember lists the groups of a user
identitystore/ListGroups lists groups
identitystore/ListUsers lists users

identitystore-scim/CreateGroup provisions a group
identitystore-scim/CreateUser provisions a user
identitystore-scim/DeleteGroup deletes a provisioned group
identitystore-scim/DeleteUser deletes a provisioned user
identitystore-scim/GetGroup reads a group
identitystore-scim/GetSchema reads a schema of SCIM
identitystore-scim/GetUser reads a user
identitystore-scim/ListGroups lists groups, or looks one up
identitystore-scim/ListResourceTypes asks which resource types SCIM has here
identitystore-scim/ListSchemas asks which schemas SCIM has here
identitystore-scim/ListUsers lists users, or looks one up
identitystore-scim/PatchGroup changes a group or its members
identitystore-scim/PatchUser changes attributes of a user
identitystore-scim/PutUser replaces all attributes of a user
identitystore-scim/ServiceProviderConfig asks what SCIM can do here

sso/AddRegion adds a Region to the instance
sso/RemoveRegion removes a Region from the instance
sso/DescribeRegion reads how far a Region of the instance is
sso/ListRegions lists the Regions of the instance
sso/DescribeRegisteredRegions asks which Region the instance is in
sso/CreateInstance creates an instance of Identity Center
sso/DeleteInstance deletes the instance
sso/DescribeInstance reads the instance
sso/UpdateInstance changes settings of the instance
sso/ListInstances lists instances of Identity Center
sso/StartSSO enables Identity Center for the organization
sso/GetSSOStatus asks whether Identity Center is enabled
sso/GetSsoConfiguration reads the settings of Identity Center
sso/GetMfaDeviceManagementForDirectory reads who may manage MFA devices
sso/PutMfaDeviceManagementForDirectory sets who may manage MFA devices
sso/AssociateDirectory connects an identity source
sso/DisassociateDirectory disconnects the identity source
sso/UpdateDirectoryAssociation changes how the identity source is connected
sso/ListDirectoryAssociations asks which identity source is connected
sso/CreateInstanceAccessControlAttributeConfiguration turns attributes for access control on
sso/DeleteInstanceAccessControlAttributeConfiguration turns attributes for access control off
sso/DescribeInstanceAccessControlAttributeConfiguration reads the attributes for access control
sso/UpdateInstanceAccessControlAttributeConfiguration changes the attributes for access control
sso/BatchDeleteSession ends sessions of users
sso/BatchGetSession reads sessions of users
sso/ListSessions lists sessions of a user
sso/RegisterClient registers a tool or application for sign-in (OIDC)
sso/StartDeviceAuthorization begins a sign-in by device code

sso/CreatePermissionSet creates a permission set
sso/UpdatePermissionSet changes a permission set
sso/DeletePermissionSet deletes a permission set
sso/DescribePermissionSet reads a permission set
sso/GetPermissionSet reads a permission set
sso/ListPermissionSets lists permission sets
sso/ListPermissionSetsProvisionedToAccount lists the permission sets that are provisioned in an
  account
sso/AttachCustomerManagedPolicyReferenceToPermissionSet names a customer managed policy in a
  permission set
sso/DetachCustomerManagedPolicyReferenceFromPermissionSet takes a customer managed policy out of a
  permission set
sso/ListCustomerManagedPolicyReferencesInPermissionSet lists the customer managed policies of a
  permission set
sso/AttachManagedPolicyToPermissionSet attaches an AWS managed policy to a permission set
sso/DetachManagedPolicyFromPermissionSet detaches an AWS managed policy from a permission set
sso/ListManagedPoliciesInPermissionSet lists the AWS managed policies of a permission set
sso/PutInlinePolicyToPermissionSet sets the inline policy of a permission set
sso/DeleteInlinePolicyFromPermissionSet removes the inline policy of a permission set
sso/GetInlinePolicyForPermissionSet reads the inline policy of a permission set
sso/PutPermissionsPolicy sets the inline policy of a permission set
sso/DeletePermissionsPolicy removes the inline policy of a permission set
sso/DescribePermissionsPolicies reads the policies of a permission set
sso/PutPermissionsBoundaryToPermissionSet sets the permissions boundary of a permission set
sso/DeletePermissionsBoundaryFromPermissionSet removes the permissions boundary of a permission set
sso/GetPermissionsBoundaryForPermissionSet reads the permissions boundary of a permission set
sso/ProvisionPermissionSet has a permission set provisioned anew in accounts
sso/DescribePermissionSetProvisioningStatus asks how far a provisioning is
sso/ListPermissionSetProvisioningStatus lists how far provisionings are
sso/ListAccountsForProvisionedPermissionSet lists the accounts in which a permission set is
  provisioned
sso/CreateAccountAssignment gives a user or group a permission set in an account
sso/DeleteAccountAssignment takes a permission set in an account from a user or group
sso/DescribeAccountAssignmentCreationStatus asks how far an account assignment is
sso/DescribeAccountAssignmentDeletionStatus asks how far the end of an account assignment is
sso/ListAccountAssignmentCreationStatus lists how far account assignments are
sso/ListAccountAssignmentDeletionStatus lists how far the ends of account assignments are
sso/ListAccountAssignments lists who has a permission set in an account
sso/ListAccountAssignmentsForPrincipal lists the account assignments of a user or group

sso/CreateApplication creates an application
sso/UpdateApplication changes an application
sso/DeleteApplication deletes an application
sso/DescribeApplication reads an application
sso/ListApplications@api lists applications
sso/CreateApplicationAssignment gives a user or group an application
sso/DeleteApplicationAssignment takes an application from a user or group
sso/DescribeApplicationAssignment reads an assignment of an application
sso/ListApplicationAssignments lists who has an application
sso/ListApplicationAssignmentsForPrincipal lists the applications of a user or group
sso/GetApplicationAssignmentConfiguration asks whether an application needs assignments
sso/PutApplicationAssignmentConfiguration sets whether an application needs assignments
sso/DescribeApplicationProvider reads a provider of applications
sso/ListApplicationProviders lists providers of applications
sso/PutApplicationAccessScope lets an application have an access scope
sso/DeleteApplicationAccessScope takes an access scope from an application
sso/GetApplicationAccessScope reads an access scope of an application
sso/ListApplicationAccessScopes lists the access scopes of an application
sso/PutApplicationAuthenticationMethod sets how an application authenticates itself
sso/DeleteApplicationAuthenticationMethod removes how an application authenticates itself
sso/GetApplicationAuthenticationMethod reads how an application authenticates itself
sso/ListApplicationAuthenticationMethods lists how an application authenticates itself
sso/PutApplicationGrant lets an application use an OAuth grant
sso/DeleteApplicationGrant takes an OAuth grant from an application
sso/GetApplicationGrant reads an OAuth grant of an application
sso/ListApplicationGrants lists the OAuth grants of an application
sso/GetApplicationSessionConfiguration reads how long users' sessions in an application may go on
sso/PutApplicationSessionConfiguration sets how long users' sessions in an application may go on
sso/CreateTrustedTokenIssuer trusts an issuer of tokens
sso/UpdateTrustedTokenIssuer changes a trusted issuer of tokens
sso/DeleteTrustedTokenIssuer no longer trusts an issuer of tokens
sso/DescribeTrustedTokenIssuer reads a trusted issuer of tokens
sso/ListTrustedTokenIssuers lists trusted issuers of tokens
sso/TagResource tags a thing of Identity Center
sso/UntagResource removes tags of a thing of Identity Center
sso/ListTagsForResource lists the tags of a thing of Identity Center
sso/CreateApplicationInstance adds an application (SAML) in the console
sso/DeleteApplicationInstance deletes an application (SAML)
sso/GetApplicationInstance reads an application (SAML)
sso/ListApplicationInstances lists applications (SAML)
sso/CreateApplicationInstanceCertificate makes a certificate for an application
sso/DeleteApplicationInstanceCertificate deletes a certificate of an application
sso/ListApplicationInstanceCertificates lists the certificates of an application
sso/UpdateApplicationInstanceActiveCertificate chooses the certificate that an application uses
sso/UpdateApplicationInstanceDisplayData changes what users see of an application
sso/UpdateApplicationInstanceResponseConfiguration changes what an application is told in assertions
sso/UpdateApplicationInstanceResponseSchemaConfiguration changes which attributes an application is
  told
sso/UpdateApplicationInstanceSecurityConfiguration changes security settings of an application
sso/UpdateApplicationInstanceServiceProviderConfiguration changes where assertions for an
  application go
sso/UpdateApplicationInstanceStatus enables or disables an application
sso/ImportApplicationInstanceServiceProviderMetadata takes settings of an application from its
  metadata
sso/GetApplicationTemplate reads a template of applications
sso/ListApplicationTemplates lists templates of applications
sso/CreateProfile adds a way into an application
sso/UpdateProfile changes a way into an application
sso/DeleteProfile deletes a way into an application
sso/ListProfiles lists the ways into an application
sso/AssociateProfile gives a user or group a way into an application
sso/DisassociateProfile takes a way into an application from a user or group
sso/ListProfileAssociations lists who has a way into an application

q/CreateAssignment gives a user or group Amazon Q Developer
q/UpdateAssignment changes an assignment of Amazon Q Developer
q/DeleteAssignment takes Amazon Q Developer from a user or group
q/SendMessage sends Amazon Q a message
user-subscriptions/CreateClaim subscribes a user or group
user-subscriptions/UpdateClaim changes the subscription of a user or group
user-subscriptions/DeleteClaim ends the subscription of a user or group
user-subscriptions/ListUserSubscriptions lists subscriptions of users

iam/AttachRolePolicy attaches a policy to a role
iam/CreatePolicy creates a policy
iam/CreatePolicyVersion gives a policy another version
iam/CreateRole creates a role
iam/CreateSAMLProvider creates a SAML provider, through which users may take roles
iam/CreateServiceLinkedRole creates a role for a service
iam/DeletePolicy deletes a policy
iam/DeleteRole deletes a role
iam/DeleteRolePermissionsBoundary removes the permissions boundary of a role
iam/DeleteRolePolicy deletes an inline policy of a role
iam/DeleteSAMLProvider deletes a SAML provider
iam/DetachRolePolicy detaches a policy from a role
iam/GetPolicy reads a policy
iam/GetRole reads a role
iam/GetSAMLProvider reads a SAML provider
iam/ListAttachedRolePolicies lists the policies that are attached to a role
iam/ListPolicies lists policies
iam/ListRolePolicies lists the inline policies of a role
iam/ListRoles lists roles
iam/PutRolePermissionsBoundary sets the permissions boundary of a role
iam/PutRolePolicy sets an inline policy of a role
iam/UpdateRole changes a role
iam/UpdateSAMLProvider changes a SAML provider
organizations/DeregisterDelegatedAdministrator takes delegated administration from an account
organizations/DescribeOrganization reads the organization
organizations/DisableAWSServiceAccess ends a service's access to the organization
organizations/EnableAWSServiceAccess gives a service access to the organization
organizations/ListAWSServiceAccessForOrganization lists the services with access to the organization
organizations/ListAccounts lists the accounts of the organization
organizations/ListDelegatedAdministrators lists delegated administrators
organizations/RegisterDelegatedAdministrator makes an account a delegated administrator
sts/AssumeRole takes a role
sts/AssumeRoleWithSAML takes a permission set's role in an account for a user
sts/GetCallerIdentity asks whose credentials it uses
"""

MEANINGS: Final = {
    name: meaning
    for name, _, meaning in (
        # What begins with spaces goes on with the line before.
        line.partition(" ")
        for line in _ROWS.replace("\n  ", " ").splitlines()
        if line
    )
}
"""Kind to what it says."""
