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
            .AddSingleton<IRevocationPoints>(provider => provider.GetRequiredService<RevocationPoints>())
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
        var revocation = host.Services.GetRequiredService<RevocationEndpoint>();
        host.Map(CertificateOperations.Revoke, revocation.RevokeAsync);

        var lists = host.Services.GetRequiredService<RevocationListEndpoint>();
        host.Map(RevocationOperations.GetList, lists.GetAsync);

        var responder = host.Services.GetRequiredService<OcspEndpoint>();
        host.Map(RevocationOperations.PostOcsp, responder.PostAsync);
        host.Map(RevocationOperations.GetOcsp, responder.GetAsync);

        var imported = host.Services.GetRequiredService<ImportedListEndpoint>();
        host.Map(RevocationOperations.GetImportedList, imported.RetrieveAsync);
        host.Map(RevocationOperations.ImportList, imported.ImportAsync);
    }
}
