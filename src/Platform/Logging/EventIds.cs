namespace Culvert.Platform.Logging;

/// <summary>Numbers of shared log entries. Operators alert on them; retired numbers stay, marked.</summary>
public static class EventIds
{
    // Credentials: 8000
    public const int Enrolled = 8000;
    public const int Renewed = 8001;
    public const int EnrolmentFailed = 8002;
    public const int RenewedWithoutProof = 8003;
    public const int FeedApplied = 8004;
    public const int FeedFailed = 8005;
    public const int FeedRestored = 8006;
    public const int FeedRefused = 8007;
    public const int ServerCertificateChanged = 8008;
    public const int ServerCertificateFailed = 8009;
    public const int ReportFailed = 8010;
    public const int StateUnreadable = 8011;
    public const int StateUnwritable = 8012;
    public const int LoopFaulted = 8013;
    public const int ClockDiffers = 8014;
    public const int IdentityLoaded = 8015;
    public const int CheckpointAlarm = 8016;
    public const int Withdrawn = 8017;

    // Configuration: 8100
    public const int ConfigurationReloaded = 8100;
    public const int ConfigurationRefused = 8101;
    public const int RestartNeeded = 8102;
}
