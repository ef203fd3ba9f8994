using System.Text;
using Culvert.Stage.RunState;
using YamlDotNet.RepresentationModel;

namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>
/// A CI job in YAML on a page: what its steps run, with the variables that the job has and no others. Values of the page are
/// examples, so <c>value_of NAME</c> of the page's prelude gives the real ones.
/// </summary>
internal sealed class PlatformJob
{
    private readonly List<string> variables;
    private readonly List<string> shells;

    private PlatformJob(IEnumerable<string> variables, IEnumerable<string> shells) =>
        (this.variables, this.shells) = ([.. variables], [.. shells]);

    /// <summary>The audience of each token that the platform puts into a variable of the job (GitLab's <c>id_tokens</c>).</summary>
    public IReadOnlyDictionary<string, string> TokenAudiences { get; private init; } = new Dictionary<string, string>();

    /// <summary>The address of the installation, as the page's example has it.</summary>
    public string ExampleUrl { get; private init; } = "";

    /// <summary>Null for YAML that is not a job.</summary>
    public static PlatformJob? Find(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }] || root.Children.Count != 1)
        {
            return null;
        }

        return Get(root, "jobs") is YamlMappingNode jobs ? OfGithub((YamlMappingNode)jobs.Children.Single().Value)
            : root.Children.Single().Value is YamlMappingNode job && Get(job, "script") is not null ? OfGitlab(job)
            : null;
    }

    /// <summary>The steps as a page's block.</summary>
    public string ToShell()
    {
        var text = new StringBuilder();
        foreach (var shell in shells)
        {
            text.Append("env --ignore-environment PATH=\"$PATH\" HOME=\"$HOME\"");
            foreach (var name in variables)
            {
                text.Append(' ').Append(name).Append("=\"$(value_of ").Append(name).Append(")\"");
            }

            text.Append(" bash -eu -o pipefail -c ").Append(ShellText.Quote(shell)).Append('\n');
        }

        return text.ToString();
    }

    // Each step is a shell of its own; the variables for tokens are there with the permission alone.
    private static PlatformJob OfGithub(YamlMappingNode job)
    {
        var mayAsk = Get(Get(job, "permissions"), "id-token")?.ToString() == "write";
        string[] tokens = mayAsk ? ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] : [];
        return new PlatformJob(
            tokens.Concat(Texts(Get(job, "env")).Keys),
            ((YamlSequenceNode)Get(job, "steps")!)
                .OfType<YamlMappingNode>()
                .Select(step => Get(step, "run")!.ToString())
        );
    }

    private static PlatformJob OfGitlab(YamlMappingNode job)
    {
        var tokens = Get(job, "id_tokens") as YamlMappingNode;
        var audiences =
            tokens?.Children.ToDictionary(one => one.Key.ToString(), one => Get(one.Value, "aud")!.ToString()) ?? [];
        var variables = Texts(Get(job, "variables"));
        return new PlatformJob(
            audiences.Keys.Concat(variables.Keys),
            [string.Join('\n', ((YamlSequenceNode)Get(job, "script")!).Select(line => line.ToString()))]
        )
        {
            TokenAudiences = audiences,
            ExampleUrl = variables.GetValueOrDefault("CULVERT_IDENTITY_URL", ""),
        };
    }

    private static YamlNode? Get(YamlNode? mapping, string name) =>
        mapping is YamlMappingNode found && found.Children.TryGetValue(new YamlScalarNode(name), out var value)
            ? value
            : null;

    private static Dictionary<string, string> Texts(YamlNode? mapping) =>
        (mapping as YamlMappingNode)?.Children.ToDictionary(one => one.Key.ToString(), one => one.Value.ToString())
        ?? [];
}
