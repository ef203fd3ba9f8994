using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>What an import produced.</summary>
/// <param name="Text">The new <c>agent.yaml</c>; empty if there is an error.</param>
/// <param name="Notes">For the operator, in the order of the imported file.</param>
/// <param name="Errors">The errors of the imported file.</param>
internal sealed record ImportResult(string Text, IReadOnlyList<ImportNote> Notes, IReadOnlyList<ConfigError> Errors);
