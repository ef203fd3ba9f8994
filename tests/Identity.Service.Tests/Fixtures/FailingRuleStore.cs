using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A rule store whose reading of all rules fails while a test wants it to.</summary>
internal sealed class FailingRuleStore(IRuleStore store) : DelegatingRuleStore(store)
{
    public bool IsFailing { get; set; }

    public override ValueTask<IReadOnlyList<StoredRule>> AllAsync(CancellationToken cancellationToken)
    {
        FailIfWanted();
        return base.AllAsync(cancellationToken);
    }

    public override ValueTask<IReadOnlyList<StoredRule>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    )
    {
        FailIfWanted();
        return base.FindManyAsync(ids, cancellationToken);
    }

    private void FailIfWanted()
    {
        if (IsFailing)
        {
            throw new InvalidOperationException("The disk is slow.");
        }
    }
}
