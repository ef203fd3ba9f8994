using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Introspection;
using Culvert.Identity.Service.Tokens.Issued;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens;

internal static class TokensRegistration
{
    public static IServiceCollection AddTokens(this IServiceCollection services) =>
        services
            .AddSingleton<TokenSigningKeyStore>()
            .AddSingleton<IInitStep, FirstSigningKey>()
            .AddSingleton<TokenKeyHsm>()
            .AddSingleton<SigningKeyMaker>()
            .AddSingleton<SigningKeyRing>()
            .AddHostedService(provider => provider.GetRequiredService<SigningKeyRing>())
            .AddSingleton(provider => SigningReadiness.Of(provider.GetRequiredService<SigningKeyRing>()))
            .AddSingleton<MintedTokens>()
            .AddSingleton<AccessTokenFactory>()
            .AddSingleton<TokenRevocationStore>()
            .AddSingleton<RevocationSet>()
            .AddHostedService(provider => provider.GetRequiredService<RevocationSet>())
            .AddSingleton<TokenRevoker>()
            .AddSingleton<DpopNonces>()
            .AddSingleton(provider => new UsedProofs(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<RequestBinding>()
            .AddSingleton<AccessTokenVerifier>()
            .AddSingleton<IAccessTokenValidator, AccessTokenValidator>()
            .AddSingleton<MetadataEndpoints>()
            .AddSingleton<RevocationTargetReader>()
            .AddSingleton<RevocationEndpoints>()
            .AddSingleton<RevokeEndpoint>()
            .AddSingleton<IntrospectionEndpoint>()
            .AddSingleton<IssuedTokenEndpoints>()
            .AddSingleton<SigningKeyEndpoints>();

    public static void MapTokens(this ApiHost host)
    {
        var metadata = host.Services.GetRequiredService<MetadataEndpoints>();
        host.Get(MetadataEndpoints.MetadataPath, Access.Anonymous, metadata.MetadataAsync);
        host.Get(MetadataEndpoints.DiscoveryPath, Access.Anonymous, metadata.MetadataAsync);
        host.Get(MetadataEndpoints.ResourcePath, Access.Anonymous, metadata.ResourceAsync);
        host.Get(MetadataEndpoints.KeySetPath, Access.Anonymous, metadata.KeySetAsync);

        var revoke = host.Services.GetRequiredService<RevokeEndpoint>();
        host.Post(RevokeEndpoint.Path, Access.AnonymousOAuth, revoke.PostAsync);
        var introspection = host.Services.GetRequiredService<IntrospectionEndpoint>();
        host.Post(IntrospectionEndpoint.Path, Access.AnyCredentialOAuth, introspection.PostAsync);

        var admin = Access.Scope(Scopes.OrganizationAdmin);
        var revocations = host.Services.GetRequiredService<RevocationEndpoints>();
        host.Post(RevocationEndpoints.Path, admin, revocations.CreateAsync);
        host.Get(RevocationEndpoints.Path, admin, revocations.ListAsync);
        host.Get($"{RevocationEndpoints.Path}/{{id}}", admin, revocations.GetAsync);

        var issued = host.Services.GetRequiredService<IssuedTokenEndpoints>();
        host.Get(IssuedTokenEndpoints.Path, admin, issued.ListAsync);

        var keys = host.Services.GetRequiredService<SigningKeyEndpoints>();
        host.Get(SigningKeyEndpoints.Path, Access.Scope(Scopes.InstallationOperate), keys.ListAsync);
        host.Post($"{SigningKeyEndpoints.Path}/rotate", Access.Scope(Scopes.InstallationOperate), keys.RotateAsync);
    }
}
