namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Lifetimes of the platform CA's two tiers (S11).</summary>
internal sealed record PlatformCaOptions
{
    public TimeSpan RootLife { get; init; } = TimeSpan.FromDays(3650);

    public TimeSpan IssuingLife { get; init; } = TimeSpan.FromDays(90);
}
