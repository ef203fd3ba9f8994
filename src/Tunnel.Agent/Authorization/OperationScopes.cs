namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// An entry of <c>operation_scopes</c>: the scopes that matching operations need in addition to the route's own.
/// </summary>
/// <param name="Pattern">A method such as <c>tools/list</c>, or <c>tools/NAME</c>; <c>*</c> matches any text.</param>
internal sealed record OperationScopes(string Pattern, IReadOnlyList<string> Scopes);
