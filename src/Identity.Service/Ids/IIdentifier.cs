namespace Culvert.Identity.Service.Ids;

/// <summary>The common members of typed ids, for one shared parser.</summary>
internal interface IIdentifier<TSelf>
    where TSelf : struct, IIdentifier<TSelf>
{
    static abstract string Prefix { get; }

    string Value { get; }

    /// <summary>Only for <see cref="Identifier"/> and stores: wraps a value that is known to be well-formed.</summary>
    static abstract TSelf Wrap(string value);
}
