using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Authorization;

internal static class AuthorizationRegistration
{
    public static IServiceCollection AddAuthorizationServer(this IServiceCollection services) =>
        services
            .AddSingleton<AuthorizationServer>()
            .AddSingleton<AuthorizationRequestReader>()
            .AddSingleton<PersonRules>()
            .AddSingleton<RouteToolsReader>()
            .AddSingleton<SealedValues>()
            .AddSingleton<RefreshGrantStore>()
            .AddSingleton<GrantEnder>()
            .AddSingleton<IOffBoardingEffect, GrantOffBoarding>()
            .AddSingleton<IRevocationEffect, GrantRevocation>()
            .AddSingleton<ConsentDecisions>()
            .AddSingleton<PersonGrants>()
            .AddSingleton<PersonTokens>()
            .AddSingleton<IdentityAssertionProver>()
            .AddSingleton<IdentityAssertionGrants>()
            .AddSingleton<WorkloadRules>()
            .AddSingleton<WorkloadAssertionGrants>()
            .AddSingleton<AssertionGrants>()
            .AddSingleton<PersonTokenEndpoint>()
            .AddSingleton<ClientRegistrationEndpoint>()
            .AddSingleton<OrganizationMetadataEndpoint>()
            .AddSingleton<AuthorizeEndpoints>();

    public static void MapAuthorizationServer(this ApiHost host)
    {
        var metadata = host.Services.GetRequiredService<OrganizationMetadataEndpoint>();
        MapReadable(host, AuthorizationOperations.GetMetadata, metadata.GetAsync);
        MapReadable(host, AuthorizationOperations.GetAppendedMetadata, metadata.GetAsync);
        MapReadable(host, AuthorizationOperations.GetOpenIdMetadata, metadata.GetAsync);
        MapReadable(host, AuthorizationOperations.GetAppendedOpenIdMetadata, metadata.GetAsync);
        var token = host.Services.GetRequiredService<PersonTokenEndpoint>();
        MapReadable(host, AuthorizationOperations.Redeem, token.PostAsync);
        MapReadable(host, AuthorizationOperations.Revoke, token.RevokeAsync);
        var registration = host.Services.GetRequiredService<ClientRegistrationEndpoint>();
        MapReadable(host, AuthorizationOperations.Register, registration.PostAsync);
        host.Page(HttpMethods.Options, MetadataEndpoints.KeySetPath, CrossOrigin.AnswerAsync);

        var pages = host.Services.GetRequiredService<AuthorizeEndpoints>();
        host.Page(HttpMethods.Get, "/oauth/{organization_id}/authorize", pages.AuthorizeAsync);
        host.Page(HttpMethods.Get, "/oauth/{organization_id}/callback", pages.FinishAsync);
        host.Page(HttpMethods.Post, "/oauth/{organization_id}/consent", pages.ConsentAsync);
    }

    private static void MapReadable(ApiHost host, Operation operation, ApiHandler handler)
    {
        host.Map(operation, handler);
        host.Page(HttpMethods.Options, operation.Path, CrossOrigin.AnswerAsync);
    }
}
