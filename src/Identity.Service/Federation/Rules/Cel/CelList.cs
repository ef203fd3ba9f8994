namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Elements may be faults: a number that cannot be represented harms only who reads it.</summary>
internal sealed class CelList(IReadOnlyList<object> items)
{
    public IReadOnlyList<object> Items => items;
}
