namespace Culvert.Stage.Hops;

/// <summary>How a program proves itself in automatic mode: the <c>identity</c> section of its file.</summary>
internal sealed record FederatedIdentity(
    string Url,
    string CaFile,
    string OrganizationId,
    string RuleId,
    string TokenCommand
)
{
    public string ToYaml() =>
        $"""
            identity:
              url: {Url}
              ca_file: {CaFile}
              mode: automatic
              organization_id: {OrganizationId}
              rule_id: {RuleId}
              token:
                command: ["{TokenCommand}"]
            """;
}
