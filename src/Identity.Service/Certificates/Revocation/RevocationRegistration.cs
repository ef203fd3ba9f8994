using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage.Certificates;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>The doors of revocation: commands, lists, and what feeds tell.</summary>
internal static class RevocationRegistration
{
    public static IServiceCollection AddRevocation(this IServiceCollection services) =>
        services
            .AddSingleton<IRevocationStore, RevocationStore>()
            .AddSingleton<CertificateRevoker>()
            .AddSingleton<RevocationEndpoint>();

    public static void MapRevocation(this ApiHost host)
    {
        var revocation = host.Services.GetRequiredService<RevocationEndpoint>();
        host.Post("/v1/certificates/revoke", Access.Scope(Scopes.ManageTunnels), revocation.RevokeAsync);
    }
}
