using Culvert.Identity.Service.Exchange.OwnTokens;
using Culvert.Identity.Service.Exchange.Probing;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Exchange;

internal static class ExchangeRegistration
{
    public static IServiceCollection AddExchange(this IServiceCollection services) =>
        services
            .AddSingleton<OwnTokenReader>()
            .AddSingleton<OwnSubjects>()
            .AddSingleton<Actors>()
            .AddSingleton<SubjectEvaluator>()
            .AddSingleton<GrantGate>()
            .AddSingleton(provider => provider.GetRequiredService<GrantGate>().Readiness)
            .AddSingleton<TokenExchange>()
            .AddSingleton<GrantDecider>()
            .AddSingleton<GrantAdmission>()
            .AddSingleton<GrantIssuer>()
            .AddSingleton<DirectExchange>()
            .AddSingleton<ExchangeProber>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<ExchangeProber>())
            .AddSingleton(provider => provider.GetRequiredService<ExchangeProber>().Readiness)
            .AddSingleton<TokenTargets>()
            .AddSingleton<AssertionReplays>()
            .AddSingleton<ReplayAlerts>()
            .AddSingleton<ExchangeLimits>()
            .AddSingleton<ExchangeDenials>()
            .AddSingleton<ErrorPages>()
            .AddSingleton<TokenEndpoint>();

    public static void MapExchange(this ApiHost host)
    {
        var token = host.Services.GetRequiredService<TokenEndpoint>();
        host.Map(ExchangeOperations.Exchange, token.PostAsync);
        var errors = host.Services.GetRequiredService<ErrorPages>();
        host.Map(ExchangeOperations.GetErrorPage, errors.GetAsync);
    }
}
