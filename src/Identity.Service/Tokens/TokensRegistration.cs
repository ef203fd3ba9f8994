using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Tokens.Assertions;
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
            .AddSingleton(SigningKeyFamily.AccessTokens)
            .AddSingleton<TokenSigningKeyStore>()
            .AddSingleton<IInitStep, FirstSigningKey>()
            .AddSingleton<TokenKeyHsm>()
            .AddSingleton<SigningKeyMaker>()
            .AddSingleton<SigningKeyRing>()
            .AddHostedService(provider => provider.GetRequiredService<SigningKeyRing>())
            .AddSingleton(AssertionKeys.Create)
            // Not by AddHostedService, which adds one service of each type.
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<AssertionKeys>().Ring)
            .AddSingleton<AssertionSigner>()
            .AddSingleton<AssertionEndpoint>()
            .AddSingleton<UpstreamIssuerEndpoints>()
            .AddSingleton(provider => SigningReadiness.Create(provider.GetRequiredService<SigningKeyRing>()))
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
        host.Map(TokenOperations.GetServerMetadata, metadata.MetadataAsync);
        host.Map(TokenOperations.GetOpenIdConfiguration, metadata.MetadataAsync);
        host.Map(TokenOperations.GetResourceMetadata, metadata.ResourceAsync);
        host.Map(TokenOperations.GetTransmitterConfiguration, metadata.TransmitterAsync);
        host.Map(TokenOperations.GetKeySet, metadata.KeySetAsync);

        var upstreams = host.Services.GetRequiredService<UpstreamIssuerEndpoints>();
        host.Map(AssertionOperations.GetConfiguration, upstreams.ConfigurationAsync);
        host.Map(AssertionOperations.GetKeySet, upstreams.KeySetAsync);
        host.Map(AssertionOperations.Issue, host.Services.GetRequiredService<AssertionEndpoint>().IssueAsync);

        var revoke = host.Services.GetRequiredService<RevokeEndpoint>();
        host.Map(TokenOperations.Revoke, revoke.PostAsync);
        var introspection = host.Services.GetRequiredService<IntrospectionEndpoint>();
        host.Map(TokenOperations.Introspect, introspection.PostAsync);

        var revocations = host.Services.GetRequiredService<RevocationEndpoints>();
        host.Map(TokenOperations.CreateRevocation, revocations.CreateAsync);
        host.Map(TokenOperations.ListRevocations, revocations.ListAsync);
        host.Map(TokenOperations.GetRevocation, revocations.GetAsync);

        var issued = host.Services.GetRequiredService<IssuedTokenEndpoints>();
        host.Map(TokenOperations.ListIssued, issued.ListAsync);

        var keys = host.Services.GetRequiredService<SigningKeyEndpoints>();
        host.Map(TokenOperations.ListSigningKeys, keys.ListAsync);
        host.Map(TokenOperations.RotateSigningKey, keys.RotateAsync);
    }
}
