namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>The scopes that matching operations need in addition to the route's own (<c>operation_scopes</c>).</summary>
/// <param name="Pattern">A method such as <c>tools/list</c>, or <c>tools/NAME</c>; <c>*</c> matches any text.</param>
internal sealed record OperationScopes(string Pattern, IReadOnlyList<string> Scopes);
