namespace Culvert.Identity.Service.Ids;

/// <summary>
/// An id of one kind of record (<see cref="Identifier"/> has the form), so that ids of two kinds cannot be mixed up.
/// </summary>
internal interface IIdentifier<TSelf>
    where TSelf : struct, IIdentifier<TSelf>
{
    static abstract string Prefix { get; }

    string Value { get; init; }
}
