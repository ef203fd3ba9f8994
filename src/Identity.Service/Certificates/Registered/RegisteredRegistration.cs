using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Registered;

internal static class RegisteredRegistration
{
    public static IServiceCollection AddRegistered(this IServiceCollection services) =>
        services.AddSingleton<RegisteredCertificates>().AddSingleton<RegisteredCertificateEndpoints>();

    public static void MapRegistered(this ApiHost host)
    {
        var certificates = host.Services.GetRequiredService<RegisteredCertificateEndpoints>();
        host.Map(RegisteredCertificateOperations.Register, certificates.CreateAsync);
        host.Map(RegisteredCertificateOperations.List, certificates.ListAsync);
        host.Map(RegisteredCertificateOperations.Get, certificates.RetrieveAsync);
        host.Map(RegisteredCertificateOperations.Archive, certificates.ArchiveAsync);
        host.Map(RegisteredCertificateOperations.Confirm, certificates.ConfirmAsync);
    }
}
