namespace Culvert.Identity.Service.Telemetry;

/// <summary>Log event numbers, one range per capability; operators alert on them, so a number is never reused.</summary>
internal static class EventIds
{
    // 100: Hosting
    public const int RequestFaulted = 100;
    public const int Serving = 101;
    public const int PeerRefused = 102;
    public const int StoreAway = 103;
    public const int HsmStuck = 104;
    public const int ProxyHeaderRefused = 105;
    public const int HsmWatchFailed = 106; // retired: JobFailed

    public const int ClockStepped = 110;
    public const int ClockTrusted = 111;
    public const int ClockAlarmNotRecorded = 112;

    public const int JobFailed = 120;

    // 1000: Federation
    public const int IssuerKeysFetched = 1000;
    public const int IssuerKeyFetchFailed = 1001;
    public const int IssuerKeyDropped = 1002;
    public const int IssuerKeysNotStored = 1003;
    public const int RefusalNotRecorded = 1004;
    public const int FederationStale = 1005;
    public const int ProbeFailed = 1006;
    public const int ProbeRegained = 1007;
    public const int ReplayDetected = 1010;
    public const int IssuerControlsStale = 1030;
    public const int IssuerStoredKeysRefused = 1031;
    public const int IssuerKeyReplaced = 1032;
    public const int IssuerKeysDegraded = 1033;
    public const int IssuerPollingPaused = 1034;
    public const int IssuerPollFaulted = 1035;

    // 2000: Tokens
    public const int SigningKeyPrepared = 2000;
    public const int SigningKeyRetired = 2001;
    public const int SigningKeyRotationFailed = 2002;
    public const int RevocationsStale = 2003;
    public const int SigningKeyCompromised = 2004;
    public const int SigningKeyNotDestroyed = 2005;
    public const int SigningFailed = 2006;

    // 3000: Certificates
    public const int CertificateIssued = 3000;
    public const int CertificateVoided = 3001;
    public const int CertificateRefusedByCore = 3002;
    public const int PlatformAuthorityMade = 3003;
    public const int ServiceCertificateFailed = 3004;
    public const int InstanceTaken = 3005;
    public const int BlockedKeysUnreadable = 3006;
    public const int SweepFailed = 3007;
    public const int RotationFailed = 3050; // retired: JobFailed
    public const int SuccessorWaits = 3051;
    public const int SigningConnectorFailed = 3052;
    public const int SwitchWaits = 3053;
    public const int AuthorityNotTurned = 3054;
    public const int PlatformRootsFailed = 3055; // retired: JobFailed
    public const int RevocationListsFailed = 3070;
    public const int RevocationListHeldBack = 3071;
    public const int RevocationListLarge = 3072;
    public const int OcspResponderFailed = 3073;
    public const int ExpiryNotice = 3080;
    public const int NoticesFailed = 3081; // retired: JobFailed
    public const int WebhookNotDelivered = 3082;
    public const int WebhooksFailed = 3083;
    public const int HealthUnknown = 3084; // retired: JobFailed
    public const int SecretDiscarded = 3010;
    public const int AuthorityMoved = 3011;
    public const int AuthorityUpkeepFailed = 3012; // retired: JobFailed
    public const int AuthorityKeyNotDestroyed = 3013;
    public const int StartsWithKeptCertificate = 3014;
    public const int CertificateNotKept = 3015;

    // 4000: Tunnels
    public const int HostnameWatchFailed = 4000; // retired: JobFailed
    public const int LostEdgeNotNoted = 4001;
    public const int ReadinessUnknown = 4002; // retired: JobFailed
    public const int HandoversFailed = 4003; // retired: JobFailed
    public const int AttestationNoticesFailed = 4004; // retired: JobFailed

    // 5000: Audit
    public const int AuditCheckpoint = 5000;
    public const int AuditCheckpointFailed = 5001; // retired: JobFailed
    public const int AuditDisputed = 5002;
    public const int AuditBodiesDropped = 5003;
    public const int AuditRetentionFailed = 5004; // retired: JobFailed
    public const int AuditExportFailed = 5005;
    public const int AuditExportResumed = 5006;
    public const int AuditExportRejected = 5007;
    public const int AuditExportRoundFailed = 5008; // retired: JobFailed
    public const int TransparencyHeadSigned = 5009;
    public const int TransparencyRoundFailed = 5010; // retired: JobFailed
    public const int TransparencyContradicted = 5011;
    public const int AgentCheckpointDisputed = 5012;
    public const int WitnessCosigned = 5013;
    public const int WitnessFailed = 5014;
    public const int WitnessContradicted = 5015;
    public const int WitnessRoundFailed = 5016; // retired: JobFailed

    // 6000: Storage
    public const int StoreFailed = 6000;
    public const int StoreProven = 6001;
    public const int MigrationApplied = 6002;
    public const int DiskReserveReached = 6003;
    public const int StoreProbeFailed = 6004;
    public const int ChangeNotHandled = 6005;
    public const int ChangeWatchLost = 6006;
    public const int ChangeWatchRegained = 6007;
    public const int SchemaNewer = 6008;
    public const int NodeExchangeFailed = 6009;
    public const int NodeExchangeRegained = 6010;
    public const int BackupAgeUnknown = 6011; // retired: JobFailed
    public const int VersionsUnknown = 6012; // retired: JobFailed

    // 7000: Admin
    public const int AdminKeyUsesNotWritten = 7000; // retired: JobFailed

    // 7010: Console
    public const int SignInRefused = 7010;
    public const int ProviderFailed = 7011;

    // 7030: OAuth clients
    public const int ClientDocumentNotFetched = 7030;
    public const int ClientDocumentRefused = 7031;

    // 7040: Signals
    public const int TransmitterKeysNotFetched = 7040;
    public const int SignalRefused = 7041;
    public const int SignalPollFailed = 7042;
    public const int SignalPollFaulted = 7043;

    // 7050: Connections
    public const int ConnectionUpstreamFailed = 7050;
    public const int ConnectionRefreshInterrupted = 7051;

    // 7060: GitHub Apps
    public const int GitHubAppRefused = 7060;
    public const int GitHubAppFailed = 7061;
    public const int GitHubAppKeyFailed = 7062;
}
