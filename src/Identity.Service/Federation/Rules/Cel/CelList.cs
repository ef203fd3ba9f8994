namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Elements may be errors: a number that cannot be represented affects only the expression that reads it.</summary>
internal sealed class CelList(IReadOnlyList<object> items)
{
    public IReadOnlyList<object> Items => items;
}
