using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A rule store that counts what is read of it.</summary>
internal sealed class CountingRuleStore(IRuleStore store) : DelegatingRuleStore(store)
{
    public int ReadingsOfAll { get; private set; }

    /// <summary>Ids requested since the last time this was set.</summary>
    public List<string> Read { get; } = [];

    public override ValueTask<IReadOnlyList<StoredRule>> AllAsync(CancellationToken cancellationToken)
    {
        ReadingsOfAll++;
        return base.AllAsync(cancellationToken);
    }

    public override ValueTask<IReadOnlyList<StoredRule>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    )
    {
        Read.AddRange(ids);
        return base.FindManyAsync(ids, cancellationToken);
    }
}
