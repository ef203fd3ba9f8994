namespace Culvert.Identity.Service.PersonConnections;

/// <summary>The last page.</summary>
internal sealed record ConnectResult(string Title, string Text);
