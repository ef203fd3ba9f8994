namespace Culvert.Identity.Service.Connections;

/// <summary>The last page.</summary>
internal sealed record ConnectResult(string Title, string Text);
