using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.StaticSecrets;

internal static class StaticSecretsRegistration
{
    public static IServiceCollection AddStaticSecrets(this IServiceCollection services) =>
        services.AddSingleton<ServiceSecrets>().AddSingleton<StaticSecretListEndpoint>();

    public static void MapStaticSecrets(this ApiHost host) =>
        host.Map(StaticSecretOperations.List, host.Services.GetRequiredService<StaticSecretListEndpoint>().ListAsync);
}
