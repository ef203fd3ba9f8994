using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage.Tokens;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens;

/// <summary>The capability's door.</summary>
internal static class TokensRegistration
{
    public static IServiceCollection AddTokens(this IServiceCollection services) =>
        services
            .AddSingleton<ITokenSigningKeyStore, TokenSigningKeyStore>()
            .AddSingleton<IInitStep, FirstSigningKey>()
            .AddSingleton<SigningKeyRing>()
            .AddHostedService(provider => provider.GetRequiredService<SigningKeyRing>())
            .AddSingleton<AccessTokenFactory>()
            .AddSingleton<ITokenRevocationStore, TokenRevocationStore>()
            .AddSingleton<RevocationSet>()
            .AddHostedService(provider => provider.GetRequiredService<RevocationSet>())
            .AddSingleton<TokenRevoker>()
            .AddSingleton<DpopNonces>()
            .AddSingleton(provider => new UsedProofs(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<RequestBinding>()
            .AddSingleton<AccessTokenVerifier>()
            .AddSingleton<IAccessTokenValidator, AccessTokenValidator>()
            .AddSingleton<MetadataEndpoints>();

    public static void MapTokens(this ApiHost host)
    {
        var metadata = host.Services.GetRequiredService<MetadataEndpoints>();
        host.Get(MetadataEndpoints.MetadataPath, Access.Anonymous, metadata.MetadataAsync);
        host.Get(MetadataEndpoints.KeySetPath, Access.Anonymous, metadata.KeySetAsync);
    }
}
