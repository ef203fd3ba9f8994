using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>Evaluates a denied request again with a trace: the same rule, keys and time, and no fetch of keys.</summary>
internal sealed class Explainer(AssertionEvaluator evaluator)
{
    public async ValueTask<Explanation> ExplainAsync(
        AssertionContext context,
        Denial denial,
        CancellationToken cancellationToken
    )
    {
        var traced = context.Traced();
        if (context.Request.IsOwnToken)
        {
            return ExplainOwn(context, traced, denial);
        }

        var again = await evaluator.EvaluateAsync(traced, cancellationToken);
        if (again is null)
        {
            // Reasons outside of the evaluator: single use, binding, and what was requested beyond the assertion.
            traced.Trace!.Fail(
                denial.Reason is DenialReason.JtiReused or DenialReason.Replayed
                    ? AssertionSteps.Replay
                    : AssertionSteps.Grant,
                denial.Detail ?? denial.Reason.Name()
            );
        }

        return new Explanation(traced, denial);
    }

    // No rule is matched against a token of this service: the result of the exchange is complete.
    private static Explanation ExplainOwn(AssertionContext context, AssertionContext traced, Denial denial)
    {
        if (context.Token is { } token)
        {
            traced.SetToken(token);
        }

        traced.IsProven = context.IsProven;
        traced.Trace!.Fail(AssertionSteps.Grant, denial.Detail ?? denial.Reason.Name());
        return new Explanation(traced, denial);
    }
}
