using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal static class RevocationRegistration
{
    public static IServiceCollection AddRevocation(this IServiceCollection services) =>
        services
            .AddSingleton<RevocationStore>()
            .AddSingleton<ImportedListStore>()
            .AddSingleton<CertificateRevoker>()
            .AddSingleton<RevocationEndpoint>()
            .AddSingleton<RevocationPoints>()
            .AddSingleton<IRevocationAddresses>(provider => provider.GetRequiredService<RevocationPoints>())
            .AddSingleton<RevocationListBuilder>()
            .AddSingleton<RevocationListPublisher>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<RevocationListPublisher>())
            .AddSingleton<RevocationListEndpoint>()
            .AddSingleton<OcspAuthorities>()
            .AddSingleton<OcspResponders>()
            .AddSingleton<OcspResponder>()
            .AddSingleton<OcspEndpoint>()
            .AddSingleton<ImportedListEndpoint>();

    public static void MapRevocation(this ApiHost host)
    {
        var manage = Access.Scope(Scopes.ManageTunnels);
        var revocation = host.Services.GetRequiredService<RevocationEndpoint>();
        host.Post("/v1/certificates/revoke", manage, revocation.RevokeAsync);

        var lists = host.Services.GetRequiredService<RevocationListEndpoint>();
        host.Get(RevocationPoint.Path + "/{ca_id}/{file}", Access.AnonymousLists, lists.GetAsync);

        var responder = host.Services.GetRequiredService<OcspEndpoint>();
        host.Post(OcspAuthorities.Path + "/{ca_id}", Access.AnonymousLists, responder.PostAsync);
        host.Get(OcspAuthorities.Path + "/{ca_id}/{**request}", Access.AnonymousLists, responder.GetAsync);

        var imported = host.Services.GetRequiredService<ImportedListEndpoint>();
        const string list = "/v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list";
        host.Get(list, manage, imported.RetrieveAsync);
        host.Post(list, manage, imported.ImportAsync);
    }
}
