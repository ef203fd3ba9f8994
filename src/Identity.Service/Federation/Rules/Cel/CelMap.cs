namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Keys of claims are strings; those of literals may be booleans and numbers as well.</summary>
internal abstract class CelMap
{
    public abstract int Count { get; }

    public abstract IEnumerable<object> Keys { get; }

    /// <summary>Null when there is no such key; an error where the value cannot be represented.</summary>
    public abstract object? Find(object key, CelFrame frame);
}
