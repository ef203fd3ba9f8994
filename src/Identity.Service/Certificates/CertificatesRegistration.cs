using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates;

/// <summary>The capability's doors.</summary>
internal static class CertificatesRegistration
{
    public static IServiceCollection AddCertificates(this IServiceCollection services) =>
        services
            .AddSingleton<IPlatformAuthorityStore, PlatformAuthorityStore>()
            .AddSingleton<PlatformAuthorityMaker>()
            .AddSingleton<IInitStep, PlatformAuthorityInit>()
            .AddSingleton<PlatformCa>()
            .AddSingleton<IPlatformBundle>(provider => provider.GetRequiredService<PlatformCa>())
            .AddSingleton<PlatformCaEndpoint>()
            .AddSingleton<ICertificateStore, CertificateStore>()
            .AddSingleton<CertificateIssuer>()
            .AddSingleton<OrphanSweep>()
            .AddSingleton<ApiCertificate>()
            .AddSingleton<IApiCertificate>(provider => provider.GetRequiredService<ApiCertificate>())
            .AddHostedService<ServiceCertificateRenewal>();

    public static void MapCertificates(this ApiHost host)
    {
        var platform = host.Services.GetRequiredService<PlatformCaEndpoint>();
        host.Get("/v1/platform_ca", Access.Anonymous, (_, _) => new(platform.Get()));
    }
}
