namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// One entry of <c>operation_scopes</c>: the scopes that operations of that name need in addition to the route's own.
/// </summary>
/// <param name="Pattern">A method such as <c>tools/list</c>, or <c>tools/NAME</c>; <c>*</c> matches any text.</param>
/// <param name="Scopes">All of them.</param>
internal sealed record OperationScopes(string Pattern, IReadOnlyList<string> Scopes);
