using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>Asks the exchange's own evaluator what would become of a token; mints nothing and marks nothing as used.</summary>
internal sealed class Simulator(AssertionEvaluator evaluator, TimeProvider time)
{
    /// <summary>Rules that one search checks.</summary>
    public const int MaxRules = 1000;

    /// <summary>Near misses that a search shows.</summary>
    public const int MaxNearest = 5;

    public async ValueTask<Simulated> TryAsync(
        SimulationInput input,
        CompiledRule rule,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        var context = input.Against(rule, time.GetUtcNow(), requestId);
        var denial = await evaluator.EvaluateAsync(context, cancellationToken);
        return new Simulated(rule, context, denial);
    }

    /// <summary>
    /// All rules of an issuer against one token. The exchange never searches; this says which rule a workload should
    /// name, and how far it is from the others.
    /// </summary>
    public async ValueTask<SimulatedSearch> SearchAsync(
        SimulationInput input,
        IReadOnlyList<CompiledRule> rules,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        var tried = new List<Simulated>();
        foreach (var rule in rules.Take(MaxRules))
        {
            var simulated = await TryAsync(input, rule, requestId, cancellationToken);
            tried.Add(simulated);
            if (!simulated.Context.IsProven)
            {
                // Not proved for one rule of the issuer, not proved for any.
                break;
            }

            input = input.Proved();
        }

        return new SimulatedSearch(tried, IsTruncated: rules.Count > MaxRules);
    }
}
