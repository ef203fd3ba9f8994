using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>What is denied is hidden and what is hidden is denied, whatever the rules, in both eras.</summary>
public sealed class ListAndCallTests
{
    private static readonly string[] Words = ["get", "set", "delete", "file", "x", "", "_", "é", "\"", "\\u002a"];

    private static readonly (TargetKind Kind, string List, string Key, string Method, string Parameter)[] Kinds =
    [
        (TargetKind.Tool, "tools", "name", "tools/call", "name"),
        (TargetKind.Prompt, "prompts", "name", "prompts/get", "name"),
        (TargetKind.Resource, "resources", "uri", "resources/read", "uri"),
    ];

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void AnyPolicy_ShowsExactlyWhatMayBeUsed(bool isModern, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var settings = RandomSettings(random);
            var rules = Compile(settings);
            var caller =
                random.Next(4) == 0
                    ? null
                    : Caller(
                        $"s{random.Next(3)}",
                        $"c{random.Next(3)}",
                        [$"o{random.Next(3)}"],
                        [$"g{random.Next(3)}"]
                    );
            foreach (var kind in Kinds)
            {
                var names = Enumerable.Range(0, 12).Select(_ => RandomName(random, kind.Kind)).Distinct().ToList();
                var shown = Shown(rules, caller, kind.List, kind.Key, names, isModern);
                var usable = names
                    .Where(n => IsUsable(rules, caller, kind.Method, kind.Parameter, n, isModern))
                    .ToList();

                shown.ShouldBe(usable);
            }
        }
    }

    private static List<string> Shown(
        CompiledPolicy rules,
        Principal? caller,
        string list,
        string key,
        List<string> names,
        bool isModern
    )
    {
        var entries = string.Join(
            ',',
            names.Select(n => $$"""{"{{key}}":{{JsonSerializer.Serialize(n)}},"extra":[1]}""")
        );
        var answer = Encoding.UTF8.GetBytes(
            $$$"""{"jsonrpc":"2.0","id":1,"result":{"{{{list}}}":[{{{entries}}}],"nextCursor":"c"}}"""
        );
        var filtered = new MessageFilter(rules, new Caller(caller), hasLists: true, isModern).Apply(answer);
        using var seen = JsonDocument.Parse(filtered.Fate == MessageFate.Replace ? filtered.Replacement : answer);
        seen.RootElement.GetProperty("result").GetProperty("nextCursor").GetString().ShouldBe("c");
        return
        [
            .. seen
                .RootElement.GetProperty("result")
                .GetProperty(list)
                .EnumerateArray()
                .Select(e => e.GetProperty(key).GetString()!),
        ];
    }

    private static bool IsUsable(
        CompiledPolicy rules,
        Principal? caller,
        string method,
        string parameter,
        string name,
        bool isModern
    )
    {
        var text = JsonSerializer.Serialize(name);
        var headers = new HeaderDictionary();
        var meta = "{}";
        if (isModern)
        {
            meta = """{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}""";
            headers["MCP-Protocol-Version"] = "2026-07-28";
            headers["Mcp-Method"] = method;
            headers["Mcp-Name"] = $"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes(name))}?=";
        }

        var body =
            $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"{{{parameter}}}":{{{text}}},"_meta":{{{meta}}}}}""";
        var message = MessageReader.Read(Encoding.UTF8.GetBytes(body));
        var head = MessageHead.Read(headers, message);
        PolicyMessage.FindFailure(message, head, 64).ShouldBeNull();
        head.IsModern.ShouldBe(isModern);
        return rules
            .DecideMessage(message.Method, message.Target, message.Name, message.Resources, new Caller(caller))
            .IsAllowed;
    }

    private static PolicySettings RandomSettings(Random random) =>
        new()
        {
            Mode = PolicyMode.Enforce,
            Default = random.Next(3) == 0 ? PolicyEffect.Allow : PolicyEffect.Deny,
            Rules =
            [
                .. Enumerable
                    .Range(0, random.Next(8))
                    .Select(i => new PolicyRule
                    {
                        Name = $"r{i}",
                        Effect = random.Next(2) == 0 ? PolicyEffect.Allow : PolicyEffect.Deny,
                        Subject = random.Next(4) == 0 ? $"s{random.Next(3)}" : "",
                        ClientId = random.Next(4) == 0 ? $"c{random.Next(3)}" : "",
                        Scope = random.Next(4) == 0 ? $"o{random.Next(3)}" : "",
                        Groups = random.Next(4) == 0 ? [$"g{random.Next(3)}", $"g{random.Next(3)}"] : [],
                        Tools = RandomPatterns(random, TargetKind.Tool),
                        Prompts = RandomPatterns(random, TargetKind.Prompt),
                        Resources = RandomPatterns(random, TargetKind.Resource),
                        Methods = random.Next(6) == 0 ? [Kinds[random.Next(3)].Method] : [],
                    }),
            ],
        };

    private static string[] RandomPatterns(Random random, TargetKind kind) =>
        [
            .. Enumerable
                .Range(0, random.Next(3))
                .Select(_ =>
                    random.Next(3) switch
                    {
                        0 => RandomName(random, kind),
                        1 => RandomName(random, kind) + "*",
                        _ => "*" + Words[random.Next(Words.Length)] + (random.Next(2) == 0 ? "*" : ""),
                    }
                ),
        ];

    private static string RandomName(Random random, TargetKind kind)
    {
        var name = string.Join(
            "_",
            Enumerable.Range(0, random.Next(1, 3)).Select(_ => Words[random.Next(Words.Length)])
        );
        return kind == TargetKind.Resource ? $"file:///{name}{(random.Next(5) == 0 ? "/../x" : "")}" : name;
    }
}
