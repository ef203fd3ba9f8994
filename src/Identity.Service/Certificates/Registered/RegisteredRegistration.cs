using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Registered;

internal static class RegisteredRegistration
{
    public static IServiceCollection AddRegistered(this IServiceCollection services) =>
        services.AddSingleton<RegisteredCertificates>().AddSingleton<RegisteredCertificateEndpoints>();

    public static void MapRegistered(this ApiHost host)
    {
        var access = Access.Scope(Scopes.ManageTunnels);
        var certificates = host.Services.GetRequiredService<RegisteredCertificateEndpoints>();
        host.Post("/v1/tunnels/{tunnel_id}/certificates", access, certificates.CreateAsync);
        host.Get("/v1/tunnels/{tunnel_id}/certificates", access, certificates.ListAsync);
        host.Get("/v1/tunnels/{tunnel_id}/certificates/{certificate_id}", access, certificates.RetrieveAsync);
        host.Post("/v1/tunnels/{tunnel_id}/certificates/{certificate_id}/archive", access, certificates.ArchiveAsync);

        host.Post(
            "/v1/tunnels/{tunnel_id}/certificates/{certificate_id}/confirm",
            Access.Scope(Scopes.OrganizationAdmin),
            certificates.ConfirmAsync
        );
    }
}
