using Culvert.Identity.Service.Connections;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>What the page with all connections shows to a person who signed in.</summary>
/// <param name="Path">Where the forms go.</param>
/// <param name="ListPath">This page.</param>
/// <param name="Request">Sealed.</param>
/// <param name="Connections">Those with a grant of the person first.</param>
/// <param name="HasMore">Whether the organization has more than are shown.</param>
/// <param name="Disconnected">The vendor that the person has just disconnected.</param>
internal sealed record MyConnectionsDetails(
    string Path,
    string ListPath,
    string Request,
    string Person,
    IReadOnlyList<PersonConnection> Connections,
    bool HasMore,
    string? Disconnected
);
