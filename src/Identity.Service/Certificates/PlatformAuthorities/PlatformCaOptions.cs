namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal sealed record PlatformCaOptions
{
    public TimeSpan RootLife { get; init; } = TimeSpan.FromDays(3650);

    public TimeSpan IssuingLife { get; init; } = TimeSpan.FromDays(90);
}
