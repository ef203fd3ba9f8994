using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// The only evaluator: exchange, simulation, rule tests and policy replay all use it, so none of them can differ from
/// the exchange. It stores nothing and mints nothing; single use is decided with the commit.
/// </summary>
internal sealed class AssertionEvaluator(
    Current<FederationOptions> options,
    Installation installation,
    TenantStore tenants,
    InactivePeople inactive,
    IDirectoryGroups groups
)
{
    private readonly IAssertionCheck[] ordinary = AssertionChecks.InOrder(
        options,
        installation,
        tenants,
        inactive,
        groups
    );

    private readonly IAssertionCheck[] ofIdentityAssertion = AssertionChecks.OfIdentityAssertion(options, installation);

    /// <summary>Null if every check passes. A <see cref="AssertionContext.Trace"/> records what each check read.</summary>
    public async ValueTask<Denial?> EvaluateAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var checks = context.Request.Form == ExchangeForm.IdentityAssertion ? ofIdentityAssertion : ordinary;
        if (context.Trace is { } trace)
        {
            return await TraceAsync(checks, context, trace, cancellationToken);
        }

        foreach (var check in checks)
        {
            if (context.IsAssumed(check))
            {
                continue;
            }

            if (await check.CheckAsync(context, cancellationToken) is { } denial)
            {
                return denial;
            }
        }

        return null;
    }

    private static async ValueTask<Denial?> TraceAsync(
        IAssertionCheck[] checks,
        AssertionContext context,
        AssertionTrace trace,
        CancellationToken cancellationToken
    )
    {
        foreach (var check in checks)
        {
            var step = trace.Step(check.Step);
            if (context.IsAssumed(check))
            {
                step.Assume(trace.IsReproduced);
                continue;
            }

            var denial = await check.CheckAsync(context, cancellationToken);
            check.Describe(context, step);
            if (denial is { } found)
            {
                step.Fail(found.Detail);
                return denial;
            }
        }

        return null;
    }
}
