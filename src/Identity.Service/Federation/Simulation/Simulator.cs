using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>Evaluates a token as an exchange would; mints nothing and marks nothing as used.</summary>
internal sealed class Simulator(AssertionEvaluator evaluator, TimeProvider time)
{
    /// <summary>The most rules that one search evaluates.</summary>
    public const int MaxRules = 1000;

    /// <summary>The most near misses that a search shows.</summary>
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
    /// Evaluates one token against all rules of an issuer. The exchange never searches; the result shows which rule a
    /// workload should name, and how far it is from the others.
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
                // A token that was not verified for one rule of the issuer is not verified for any.
                break;
            }

            input = input.Proved();
        }

        return new SimulatedSearch(tried, IsTruncated: rules.Count > MaxRules);
    }
}
