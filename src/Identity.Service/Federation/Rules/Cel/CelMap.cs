namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Keys of claims are strings; those of literals may also be booleans and numbers.</summary>
internal abstract class CelMap
{
    public abstract int Count { get; }

    public abstract IEnumerable<object> Keys { get; }

    /// <summary>Null if there is no such key; an error if the value cannot be represented.</summary>
    public abstract object? Find(object key, CelFrame frame);
}
