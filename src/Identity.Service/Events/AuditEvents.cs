namespace Culvert.Identity.Service.Events;

/// <summary>The closed list of event names; events of the compatible interface keep their public spelling.</summary>
internal static class AuditEvents
{
    public const string FederatedAuthentication = "platform_federated_authentication";
    public const string UnprovenRefusals = "platform_federated_authentication_unproven";
    public const string ReplayDetected = "replay_detected";
    public const string FederationIssuerCreated = "platform_federation_issuer_created";
    public const string FederationIssuerUpdated = "platform_federation_issuer_updated";
    public const string FederationIssuerArchived = "platform_federation_issuer_archived";
    public const string IssuerKeysChanged = "issuer.keys.changed";
    public const string IssuerKeysKilled = "issuer.keys.killed";
    public const string IssuerKeysRestored = "issuer.keys.restored";
    public const string IssuerPollDegraded = "issuer.poll.degraded";
    public const string IssuerPollRecovered = "issuer.poll.recovered";
    public const string IssuerPollPaused = "issuer.poll.paused";
    public const string IssuerPollResumed = "issuer.poll.resumed";
    public const string IssuerVerified = "issuer.verified";
    public const string FederationRuleCreated = "platform_federation_rule_created";
    public const string FederationRuleUpdated = "platform_federation_rule_updated";
    public const string FederationRuleArchived = "platform_federation_rule_archived";
    public const string FederationRuleApproved = "platform_federation_rule_approved";
    public const string FederationRuleRejected = "platform_federation_rule_rejected";
    public const string FederationRuleSimulated = "platform_federation_rule_simulated";
    public const string FederationRuleWorkspaceAdded = "platform_federation_rule_workspace_added";
    public const string FederationRuleWorkspaceRemoved = "platform_federation_rule_workspace_removed";
    public const string ServiceAccountCreated = "platform_service_account_created";
    public const string ServiceAccountUpdated = "platform_service_account_updated";
    public const string ServiceAccountArchived = "platform_service_account_archived";
    public const string ServiceAccountMemberAdded = "platform_service_account_workspace_member_added";
    public const string ServiceAccountMemberUpdated = "platform_service_account_workspace_member_updated";
    public const string ServiceAccountMemberRemoved = "platform_service_account_workspace_member_removed";

    public const string TokenRevoked = "token_revoked";
    public const string PersonOffBoarded = "person_off_boarded";
    public const string ScimSettingsUpdated = "scim_settings_updated";
    public const string ScimUserCreated = "scim_user_created";
    public const string ScimUserUpdated = "scim_user_updated";
    public const string ScimUserDeleted = "scim_user_deleted";
    public const string ScimGroupCreated = "scim_group_created";
    public const string ScimGroupUpdated = "scim_group_updated";
    public const string ScimGroupDeleted = "scim_group_deleted";
    public const string SignalStreamSet = "signal_stream_set";
    public const string SignalStreamRemoved = "signal_stream_removed";
    public const string SignalReceived = "signal_received";
    public const string OAuthSignIn = "oauth_sign_in";
    public const string OAuthTokenIssued = "oauth_token_issued";
    public const string OAuthRefreshReused = "oauth_refresh_reused";
    public const string OAuthGrantRevoked = "oauth_grant_revoked";
    public const string JobPaused = "job_paused";
    public const string JobResumed = "job_resumed";
    public const string JobRun = "job_run";
    public const string OrganizationCreated = "organization_created";
    public const string OrganizationArchived = "organization_archived";
    public const string WorkspaceCreated = "workspace_created";

    public const string TokenSigningKeyCreated = "token_signing_key_created";
    public const string TokenSigningKeyCompromised = "token_signing_key_compromised";
    public const string TokenSigningKeyRetired = "token_signing_key_retired";

    public const string TunnelCreated = "tunnel_created";
    public const string TunnelUpdated = "tunnel_updated";
    public const string TunnelArchived = "tunnel_archived";
    public const string TunnelCertificateAdded = "tunnel_certificate_added";
    public const string TunnelCertificateRevoked = "tunnel_certificate_revoked";
    public const string TunnelCertificateAdditionRequested = "tunnel_certificate_addition_requested";
    public const string TunnelCertificateRemovalRequested = "tunnel_certificate_removal_requested";
    public const string TunnelTokenRevealed = "tunnel_token_revealed";
    public const string TunnelTokenRotated = "tunnel_token_rotated";

    public const string TunnelPaused = "tunnel_paused";
    public const string TunnelResumed = "tunnel_resumed";
    public const string RangeSetApplied = "client_range_set_applied";
    public const string RangeSetRemoved = "client_range_set_removed";
    public const string ClientAuthorityAdded = "tunnel_client_authority_added";
    public const string ClientAuthorityArchived = "tunnel_client_authority_archived";

    public const string RouteOwnerChanged = "tunnel_route_owner_changed";
    public const string RouteAttested = "tunnel_route_attested";
    public const string RouteAttestationDue = "tunnel_route_attestation_due";

    public const string CallApprovalRequested = "tunnel_approval_requested";
    public const string CallApprovalApproved = "tunnel_approval_approved";
    public const string CallApprovalRejected = "tunnel_approval_rejected";
    public const string CallApprovalUsed = "tunnel_approval_used";

    public const string RoutePolicyDrafted = "tunnel_policy_drafted";
    public const string RoutePolicyApproved = "tunnel_policy_approved";
    public const string RoutePolicyRejected = "tunnel_policy_rejected";
    public const string RoutePolicyWithdrawn = "tunnel_policy_withdrawn";
    public const string RoutePolicyRolledBack = "tunnel_policy_rolled_back";

    public const string HostnameAdded = "tunnel_hostname_added";
    public const string HostnameActivated = "tunnel_hostname_activated";
    public const string HostnameSuspended = "tunnel_hostname_suspended";
    public const string HostnameRemoved = "tunnel_hostname_removed";
    public const string AcmeChallengeAnnounced = "acme_challenge_announced";
    public const string AcmeChallengeEnded = "acme_challenge_ended";
    public const string UpstreamAssertionIssued = "upstream_assertion_issued";
    public const string GitHubTokenIssued = "github_app_token_issued";

    public const string EdgeDrained = "edge_drained";
    public const string EdgeResumed = "edge_resumed";
    public const string EdgeServedOffline = "edge_served_offline";
    public const string AgentDisconnected = "agent_disconnected";
    public const string EdgeCreated = "edge_created";
    public const string EdgeArchived = "edge_archived";
    public const string AgentRevoked = "agent_revoked";
    public const string AuditCheckpointDisputed = "audit_checkpoint_disputed";
    public const string AgentCheckpointDisputed = "agent_checkpoint_disputed";
    public const string TransparencyKeyCreated = "transparency_key_created";
    public const string AgentInstanceRefused = "agent_instance_refused";

    public const string PlatformAuthorityCreated = "platform_authority_created";
    public const string PlatformRootStaged = "platform_root_staged";
    public const string PlatformRootActivated = "platform_root_activated";
    public const string PlatformRootRolledBack = "platform_root_rolled_back";
    public const string PlatformRootRetired = "platform_root_retired";
    public const string CertificateSigning = "certificate_signing";
    public const string CertificateSigned = "certificate_signed";
    public const string CertificateVoided = "certificate_voided";
    public const string CertificateRevoked = "certificate_revoked";
    public const string ExpiryNotice = "certificate_expiry_notice";
    public const string OAuthClientCreated = "oauth_client_created";
    public const string OAuthClientUpdated = "oauth_client_updated";
    public const string OAuthClientArchived = "oauth_client_archived";
    public const string OAuthClientsRemoved = "oauth_clients_removed";
    public const string ConnectionCreated = "connection_created";
    public const string ConnectionUpdated = "connection_updated";
    public const string ConnectionArchived = "connection_archived";
    public const string ConnectionGranted = "connection_granted";
    public const string ConnectionTokenIssued = "connection_token_issued";
    public const string ConnectionGrantEnded = "connection_grant_ended";
    public const string ConnectionRevokedUpstream = "connection_revoked_upstream";
    public const string WebhookCreated = "webhook_created";
    public const string WebhookArchived = "webhook_archived";
    public const string WebhookTested = "webhook_tested";
    public const string WebhookDeliveryFailed = "webhook_delivery_failed";
    public const string RevocationListRefused = "revocation_list_refused";
    public const string RevocationListImported = "revocation_list_imported";
    public const string AuthorityCreated = "certificate_authority_created";
    public const string AuthorityKeyMade = "certificate_authority_key_made";
    public const string AuthorityRequestIssued = "certificate_authority_request_issued";
    public const string AuthorityChainUploaded = "certificate_authority_chain_uploaded";
    public const string AuthorityVerified = "certificate_authority_verified";
    public const string AuthorityRejected = "certificate_authority_rejected";
    public const string AuthorityApproved = "certificate_authority_approved";
    public const string AuthorityStaged = "certificate_authority_staged";
    public const string AuthorityActivated = "certificate_authority_activated";
    public const string AuthorityStoodBy = "certificate_authority_stood_by";
    public const string AuthorityReinstated = "certificate_authority_reinstated";
    public const string AuthoritySuspended = "certificate_authority_suspended";
    public const string AuthorityResumed = "certificate_authority_resumed";
    public const string AuthorityRetired = "certificate_authority_retired";
    public const string AuthorityWithdrawn = "certificate_authority_withdrawn";
    public const string AuthorityTainted = "certificate_authority_tainted";
    public const string AuthorityExpired = "certificate_authority_expired";
    public const string AuthorityDeleted = "certificate_authority_deleted";
    public const string AuthorityRestored = "certificate_authority_restored";
    public const string AuthorityOverridden = "certificate_authority_overridden";
    public const string AuthorityKeyDestroyed = "certificate_authority_key_destroyed";
    public const string SecretDiscarded = "pasted_secret_discarded";

    public const string RelyingPartyCreated = "relying_party_created";
    public const string RelyingPartyArchived = "relying_party_archived";
    public const string TrustBundleAcknowledged = "trust_bundle_acknowledged";

    public const string ClockAlarm = "clock_alarm";
    public const string ClockConfirmed = "clock_confirmed";

    public const string InstallationInitialized = "installation_initialized";
    public const string InstallationRestored = "installation_restored";
    public const string SealsRotated = "seals_rotated";
    public const string AdminKeyCreated = "admin_key_created";
    public const string AdminKeyOwned = "admin_key_owned";
    public const string AdminKeyRevoked = "admin_key_revoked";
    public const string ConsoleSignedIn = "console_signed_in";
    public const string ConsoleSignInRefused = "console_sign_in_refused";
    public const string ConsoleSignedOut = "console_signed_out";
}
