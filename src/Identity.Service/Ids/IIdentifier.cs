namespace Culvert.Identity.Service.Ids;

/// <summary>What the typed ids share, so that one parser serves them all.</summary>
internal interface IIdentifier<TSelf>
    where TSelf : struct, IIdentifier<TSelf>
{
    /// <summary>The part before the underscore.</summary>
    static abstract string Prefix { get; }

    string Value { get; }

    /// <summary>For <see cref="Identifier"/> and stores alone: takes a value already known to be well-formed.</summary>
    static abstract TSelf Wrap(string value);
}
