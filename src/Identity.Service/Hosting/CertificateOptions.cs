namespace Culvert.Identity.Service.Hosting;

internal sealed record CertificateOptions
{
    /// <summary>Life of an inner-TLS leaf; at least 5 s.</summary>
    public TimeSpan ServerLife { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ServerLifeMax { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Life of a machine's certificate (S10).</summary>
    public TimeSpan PlatformLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far notBefore lies in the past; at most half the life.</summary>
    public TimeSpan Backdate { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>One person approves a CA alone (S16).</summary>
    public bool SingleApproval { get; init; }

    public TimeSpan Propagation { get; init; } = TimeSpan.FromHours(24);

    public bool JustifyLintWarnings { get; init; }
}
