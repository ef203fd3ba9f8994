using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Pins;
using Shouldly;
using Xunit;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class PolicyCommandTests : IDisposable
{
    private const string Issuer = "https://login.example.test";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-policy-").FullName;
    private readonly List<string> lines = [];

    [Fact]
    public async Task Learn_CallsOfTwoClients_GivesEachWhatItCalled()
    {
        Call("portal", "tools/call", "tool", "search");
        Call("portal", "tools/call", "tool", "search");
        Call("robot", "tools/call", "tool", "get_issue");
        Call("robot", "resources/subscribe", "resource", "file:///a");
        Call("robot", "tools/list", "", "");

        var learned = await RunAsync("learn");

        learned.Output.ShouldBe(
            """
            # Learned from 4 calls. Remove what should not be called, then observe, then enforce.
            routes:
              docs:
                policy:
                  mode: observe
                  default: deny
                  rules:
                    - name: "portal"
                      effect: allow
                      issuer: "corp"
                      client_id: "portal"
                      tools:
                        - "search" # 2 calls
                    - name: "robot"
                      effect: allow
                      issuer: "corp"
                      client_id: "robot"
                      tools:
                        - "get_issue" # 1 calls
                      resources:
                        - "file:///a" # 1 calls

            """
        );
    }

    [Fact]
    public async Task Learn_ThenTest_AllowsExactlyWhatWasLearned()
    {
        string[] odd = ["search", "# no comment", "a: b", "\"quoted\"", "é\u2028x", "- dash", "{}", "null", "~"];
        foreach (var name in odd)
        {
            Call("portal", "tools/call", "tool", name);
        }

        Call("portal", "completion/complete", "prompt", "greet");
        Call("portal", "tools/call", "tool", "guessed", more: """ "is_error":true, """);
        Call("portal", "tools/call", "tool", "star*", "deny");
        var policy = (await RunAsync("learn")).Output;

        var tested = await RunWithAsync(policy, "test", RecordFile);

        tested.ShouldBe((2, tested.Output, ""));
        tested.Output.ShouldEndWith("11 as expected, 1 otherwise.\n");
        tested.Output.ShouldContain("tools/call guessed of portal: expected allow, got deny (default)");
    }

    [Fact]
    public async Task Learn_NamesThatNoRuleCanHold_AreReportedInComments()
    {
        Call("portal", "tools/call", "tool", "all*");
        Call("portal", "tools/call", "tool", "search\n- injected", more: """ "is_error":true, """);
        Call("portal", "tools/call", "tool", "search");
        Call("other", "tools/call", "tool", "search", issuer: "https://gone.example.test");

        var learned = (await RunAsync("learn")).Output;

        learned.ShouldContain("# Not in a rule, because a * in a rule is a pattern: tool \"all*\", 1 calls.\n");
        learned.ShouldContain("# Not in a rule, because no call succeeded: tool \"search\\n- injected\", 1 calls.\n");
        learned.ShouldContain(
            "# Not in a rule, because the route accepts no tokens of \"https://gone.example.test\": client \"other\".\n"
        );
        learned.ShouldNotContain("client_id: \"other\"");
    }

    [Fact]
    public async Task Learn_RecordedShapes_ProposesTheFieldsOfEachTool()
    {
        Call(
            "portal",
            "tools/call",
            "tool",
            "search",
            more: """
            "answer_shape":{"":{"object":1},"/orders":{"array":1,"elements":2},"/orders/*":{"object":2},"/orders/*/iban":{"string":1,"bytes":22,"null":1},"/orders/*/a\u0022b":{"integer":2},"/tags":{"array":1},"/note":{"null":1}},
            """
        );
        Call(
            "portal",
            "tools/call",
            "tool",
            "search",
            more: """
            "answer_shape":{"from":"text","":{"object":1},"/orders":{"array":1},"/note":{"object":1},"/note/id":{"string":1,"bytes":3},"\u2026":4},
            """
        );
        Call("portal", "tools/call", "tool", "search");
        Call("portal", "tools/call", "tool", "ping", more: """ "answer_shape":{"":{"object":1}}, """);

        var learned = await RunAsync("learn");

        learned.Output.ShouldBe(
            """
            # Learned from 4 calls. Remove what should not be called, then observe, then enforce.
            routes:
              docs:
                policy:
                  mode: observe
                  default: deny
                  rules:
                    - name: "portal"
                      effect: allow
                      issuer: "corp"
                      client_id: "portal"
                      tools:
                        - "ping" # 1 calls
                    - name: "portal: search"
                      effect: allow
                      issuer: "corp"
                      client_id: "portal"
                      tools:
                        - "search" # 3 calls
                      answer: # of 2 answers. Remove what should not come back.
                        text_as_json: true
                        fields:
                          - "/note/id" # 1 values in 1 answers: string
                          - "/orders/*/a\u0022b" # 2 values in 1 answers: integer
                          - "/orders/*/iban" # 2 values in 1 answers: string, null
                          # - "/tags" # always empty: as a field it lets everything in it cross
                          # 4 values are not here: the record does not describe them.

            """
        );
        (await RunWithAsync(learned.Output, "test", RecordFile)).ShouldBe((0, "4 as expected, 0 otherwise.\n", ""));
    }

    [Fact]
    public async Task Replay_AnswerRules_CountsWhatWouldHaveGone()
    {
        const string Orders =
            "\"/orders\":{\"array\":1,\"elements\":1500},\"/orders/*\":{\"object\":1500},\"/orders/*/id\":{\"integer\":1500},\"/orders/*/iban\":{\"string\":1400,\"bytes\":30800,\"null\":100}";
        string[] answers =
        [
            """{"":{"object":1},ORDERS,"/orders/*/c":{"string":1500,"bytes":3000},"/count":{"integer":1}}""",
            """{"":{"object":1},ORDERS}""",
            """{"":{"object":1},ORDERS,"/orders/*/c":{"number":1500}}""",
            """{"":{"object":1},ORDERS,"/orders/*/*":{"integer":1500}}""",
            """{"":{"object":1},ORDERS,"\u2026":7}""",
            """{"from":"text","":{"object":1}}""",
        ];
        foreach (var answer in answers)
        {
            Call("portal", "tools/call", "tool", "get", more: Shape(answer));
        }

        Call("portal", "tools/call", "tool", "get", more: """ "answer":{"rows":1,"rows_removed":1999}, """);
        Call("portal", "tools/call", "tool", "other", more: Shape(answers[0]));
        Call("portal", "tools/call", "tool", "get", "deny");
        var candidate = Path.Combine(folder, "candidate.yaml");
        await File.WriteAllTextAsync(
            candidate,
            Configuration(
                Rules(
                    "{name: own, effect: allow, tools: [get], arguments: [{at: /id, equals_claim: customer_id}], answer: {rows: [{at: /orders, where: {at: /c, equals_claim: customer_id}, max: 1000}], fields: [/orders/*/id]}}"
                )
            )
        );

        var replay = await RunAsync("replay", candidate, "--since", "40000d");

        replay.Output.ShouldBe(
            """
            deny        1 calls  docs  tools/call other  portal  (default, last 2026-11-20 10:00 UTC)
            docs/get: 7 calls, 12,001 of 19,501 values (157,000 bytes of text) would have gone: /orders/*/iban (7,500), /orders/*/c (3,000), /orders/*/* (1,500), /count (1).
              7 more values are not described in the record.
              rows at /orders of rule own: 7,500 records would have been judged, and at least 4,500 of them removed: they are beyond the maximum, or their answers have no value of which the condition could be true. Shapes do not show for which records a condition is true.
              The rules of that time removed 1,999 of 2,000 records.
              1 answers would have been withheld: they are JSON in a text, which is judged with text_as_json: true.
              1 answers have no recorded shape.
            9 calls: 1 would be decided otherwise, 8 cannot be decided.

            """
        );

        static string Shape(string answer) =>
            $"\"answer_shape\":{answer.Replace("ORDERS", Orders, StringComparison.Ordinal)},";
    }

    [Fact]
    public async Task Replay_TwoAnswerRules_HaveTheirOwnRecords()
    {
        Call(
            "portal",
            "tools/call",
            "tool",
            "get",
            more: """ "answer_shape":{"":{"object":1},"/a":{"array":2,"elements":100},"/a/*":{"integer":100}}, """
        );
        var candidate = Path.Combine(folder, "candidate.yaml");
        await File.WriteAllTextAsync(
            candidate,
            Configuration(
                Rules("{name: x, effect: allow, tools: [get], answer: {rows: [{at: /a, max: 10}]}}")
                    + "        - {name: y, effect: allow, tools: [\"*\"], answer: {rows: [{at: /a, max: 30}], fields: [/a]}}\n"
            )
        );

        (await RunAsync("replay", candidate, "--since", "40000d")).Output.ShouldBe(
            """
            docs/get: 1 calls, 0 of 100 values would have gone.
              rows at /a of rule x: 100 records would have been judged, and at least 80 of them removed: they are beyond the maximum, or their answers have no value of which the condition could be true.
              rows at /a of rule y: 100 records would have been judged, and at least 40 of them removed: they are beyond the maximum, or their answers have no value of which the condition could be true.
            1 calls: 0 would be decided otherwise, 0 cannot be decided.

            """
        );
    }

    [Fact]
    public async Task Learn_NoCalls_Fails()
    {
        var learned = await RunAsync("learn");

        learned.ExitCode.ShouldBe(1);
        learned.Error.ShouldContain("no calls that a policy could allow");
    }

    [Fact]
    public async Task Test_Cases_AreDecidedAsWritten()
    {
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(
            cases,
            """
            # what the portal may do
            {"route":"docs","kind":"tool","name":"search","principal":{"iss":"https://login.example.test","sub":"p","client_id":"portal"},"expect":"allow"}
            {"route":"docs","kind":"tool","name":"drop","principal":{"iss":"https://login.example.test","sub":"p","client_id":"portal"},"expect":"deny"}

            {"route":"docs","method":"tools/list","expect":"allow"}
            """
        );

        (await RunWithAsync(PortalMay("search"), "test", cases)).ShouldBe((0, "3 as expected, 0 otherwise.\n", ""));
    }

    [Theory]
    [InlineData("""{"id":"c-7"}""", """{"customer_id":"c-7"}""", "allow")]
    [InlineData("""{"id":"c-8"}""", """{"customer_id":"c-7"}""", "deny")]
    [InlineData("""{"id":"c-7"}""", "{}", "deny")]
    public async Task Test_CaseWithArgumentsAndClaims_IsDecidedByThem(string arguments, string claims, string expected)
    {
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(
            cases,
            $$$"""{"route":"docs","kind":"tool","name":"get","arguments":{{{arguments}}},"principal":{"sub":"p","claims":{{{claims}}}},"expect":"{{{expected}}}"}"""
        );

        (await RunWithAsync(OwnCustomer, "test", cases)).ShouldBe((0, "1 as expected, 0 otherwise.\n", ""));
    }

    [Theory]
    [InlineData(
        """  "answer":{"orders":[{"id":1,"c":"c-7"},{"id":2,"c":"c-8"}],"count":2},"finding":{"orders":[{"id":1.0}]} """
    )]
    [InlineData(
        """  "result":{"structuredContent":{"orders":[{"c":"c-7","id":1}]}},"finding":{"orders":[{"id":1}]} """
    )]
    [InlineData("""  "answer":{"orders":[],"orders":[]},"withheld":"duplicate_member" """)]
    [InlineData("""  "result":{"content":[]},"withheld":"no_structured_part" """)]
    [InlineData("""  "result":{"content":[],"isError":true},"withheld":"error" """)]
    public async Task Test_CaseWithAnAnswer_IsJudgedAsAtRunTime(string answer) =>
        (await TestAsync(OwnRows, "get", answer)).ShouldBe((0, "1 as expected, 0 otherwise.\n", ""));

    [Theory]
    [InlineData(""" "withheld":"approval" """, "")]
    [InlineData(""" "finding":{"id":20} """, "")]
    [InlineData(""" "finding":{} """, "expected the finding {}, got the finding {\"id\":20} after an approval")]
    [InlineData(""" "withheld":"error" """, "expected withheld error, got the finding {\"id\":20} after an approval")]
    public async Task Test_CaseWhoseAnswerWaits_IsJudgedAsApproved(string expected, string difference)
    {
        const string Waiting =
            "        - {name: held, effect: allow, tools: [hold], answer: {approve: {when: {at: /id, above: 10}}}}\n";

        var (_, output, _) = await TestAsync(OwnRows + Waiting, "hold", $$""" "answer":{"id":20},{{expected}} """);

        output.ShouldContain(difference.Length > 0 ? difference : "1 as expected, 0 otherwise.");
    }

    [Theory]
    [InlineData(
        """ "answer":{"orders":[{"id":2,"c":"c-7"}]},"finding":{} """,
        """expected the finding {}, got the finding {"orders":[{"id":2}]} (answer rules own)"""
    )]
    [InlineData(
        """ "answer":{"orders":[{"id":2,"c":"c-7"}]},"withheld":"error" """,
        """expected withheld error, got the finding {"orders":[{"id":2}]} (answer rules own)"""
    )]
    [InlineData(
        """ "result":{"content":[]},"finding":{"orders":[]} """,
        """expected the finding {"orders":[]}, got withheld no_structured_part (answer rules own)"""
    )]
    public async Task Test_CaseWithAnAnswer_ReportsWhatCrossesInstead(string answer, string difference) =>
        (await TestAsync(OwnRows, "get", answer)).ShouldBe(
            (2, $"cases.jsonl:1: tools/call get of p: {difference}\n0 as expected, 1 otherwise.\n", "")
        );

    [Theory]
    [InlineData(""" "answer":{"any":1},"finding":{"any":1} """, "1 as expected, 0 otherwise.\n")]
    [InlineData(
        """ "answer":{"any":1},"withheld":"error" """,
        "cases.jsonl:1: tools/call free of p: expected withheld error, got the finding {\"any\":1} (no answer rule)\n0 as expected, 1 otherwise.\n"
    )]
    public async Task Test_CaseOfACallWithoutAnswerRules_CrossesWhole(string answer, string output) =>
        (
            await TestAsync(OwnRows + "        - {name: free, effect: allow, tools: [free]}\n", "free", answer)
        ).Output.ShouldBe(output);

    [Fact]
    public async Task Test_CasesOfResourcesAndPrompts_AreJudged()
    {
        const string Policy =
            "        - {name: files, effect: allow, resources: [\"file:///*\"], answer: {fields: [/id]}}\n"
            + "        - {name: greet, effect: allow, prompts: [greet], answer: {text: pass}}\n";
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(
            cases,
            """
            {"route":"docs","kind":"resource","name":"file:///a","answer":{"id":1,"x":2},"finding":{"id":1},"expect":"allow"}
            {"route":"docs","kind":"resource","name":"file:///a","result":{"contents":[{"uri":"file:///a","mimeType":"text/plain","text":"x"}]},"withheld":"media_type","expect":"allow"}
            {"route":"docs","kind":"prompt","name":"greet","result":{"messages":[{"role":"user","content":{"type":"text","text":"hi"}}],"secret":1},"finding":{"messages":[{"role":"user","content":{"type":"text","text":"hi"}}]},"expect":"allow"}
            """
        );

        (await RunWithAsync(OwnRows + Policy, "test", cases)).ShouldBe((0, "3 as expected, 0 otherwise.\n", ""));
    }

    [Theory]
    [InlineData(
        """ "answer":{},"finding":{},"expect":"deny" """,
        "answer: A call that is denied has no answer. Write \"expect\": \"allow\", or remove answer, result, finding and withheld."
    )]
    [InlineData(
        """ "finding":{},"expect":"allow" """,
        "answer: It says what crosses, and not of which answer. Write the structured part of the server's answer, or its whole result under result."
    )]
    [InlineData(
        """ "answer":{},"result":{},"finding":{},"expect":"allow" """,
        "answer: It has the structured part and the whole result. Write answer or result."
    )]
    [InlineData(
        """ "answer":{},"expect":"allow" """,
        "finding: It does not say what of the answer crosses. Write the structured part that the caller gets, or under withheld why it gets none."
    )]
    [InlineData(
        """ "answer":{},"finding":{},"withheld":"error","expect":"allow" """,
        "finding: Either something crosses, or nothing does. Write finding or withheld."
    )]
    [InlineData(
        """ "answer":{},"withheld":true,"expect":"allow" """,
        "withheld: It is not a word. Write the problem that the record would have, such as \"not_json\" or \"error\"."
    )]
    [InlineData(
        """ "result":[],"finding":{},"expect":"allow" """,
        "result: It is not an object. Write what the server sends as the result of its message."
    )]
    [InlineData(
        """ "method":"prompts/get","answer":{},"finding":{},"expect":"allow" """,
        "answer: A prompt has no structured part. Write its result under result."
    )]
    [InlineData(
        """ "method":"tools/list","result":{},"finding":{},"expect":"allow" """,
        "answer: Only calls of tools, prompts and resources have answers that rules judge. Remove answer, result, finding and withheld."
    )]
    public async Task Test_CaseWithABadAnswer_NamesTheKeyAndWhatToWrite(string members, string error)
    {
        var kind = members.Contains("method", StringComparison.Ordinal) ? "" : "\"kind\":\"tool\",";
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(cases, $"{{\"route\":\"docs\",{kind}\"name\":\"get\",{members}}}");

        (await RunAsync("test", cases)).ShouldBe((64, "", $"{cases}:1: {error}\n"));
    }

    [Fact]
    public async Task Lint_RulesAndApprovedSchemas_WarnsAndDoesNotFail()
    {
        using (var state = StateDirectory.Open(folder))
        {
            new PinFiles(state, "docs").SavePinned(
                Pinned(
                    Read(
                        Tool(
                            "get",
                            more: """ ,"outputSchema":{"type":"object","properties":{"orders":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"}}}}}} """
                        )
                    )
                )
            );
        }

        (await RunWithAsync(OwnRows + "    pins: {mode: observe}\n", "lint")).ShouldBe(
            (
                0,
                """
                docs: own: arguments: Records are compared with the claim customer_id, and no argument is: the server finds those of all callers. If an argument selects the records, write arguments: [{at: /NAME, equals_claim: customer_id}] too.
                docs: own: answer.rows: /orders/*/c is in no approved output schema of the rule's tools. Correct the pointer, or remove it.
                2 warnings.

                """,
                ""
            )
        );
    }

    [Fact]
    public async Task Lint_NoAnswerRules_HasNoWarnings() =>
        (await RunWithAsync(PortalMay("search"), "lint", "--route", "docs")).ShouldBe((0, "No warnings.\n", ""));

    [Fact]
    public async Task Replay_RuleForAClaim_CannotDecideARecordedCall()
    {
        Call("portal", "tools/call", "tool", "get", more: """ "arguments":{"id":"string:3"}, """);
        var candidate = Path.Combine(folder, "candidate.yaml");
        await File.WriteAllTextAsync(candidate, Configuration(OwnCustomer));

        (await RunAsync("replay", candidate, "--since", "40000d")).Output.ShouldBe(
            "1 calls: 0 would be decided otherwise, 1 cannot be decided.\n"
        );
    }

    [Theory]
    [InlineData("[]", "cases.jsonl:1: The line is not a JSON object.")]
    [InlineData("{", "cases.jsonl:1: The line is not a record of a call")]
    [InlineData("""{"route":"docs"}""", "cases.jsonl:1: The line needs route, method")]
    [InlineData("""{"route":"docs","kind":"tol","name":"x","expect":"deny"}""", "tol is not a kind")]
    [InlineData("""{"route":"docs","kind":"tool","name":"x","expect":"yes"}""", "expect must be allow or deny.")]
    [InlineData("""{"route":"docs","kind":"tool","seq":"x","expect":"deny"}""", "is not a record of a call")]
    [InlineData("""{"route":"docs","kind":"tool","name":"x","arguments":[],"expect":"deny"}""", "arguments is not")]
    [InlineData("""{"route":"docs","kind":"tool","principal":{"claims":1},"expect":"deny"}""", "claims is not an")]
    public async Task Test_BadLine_IsNamed(string line, string error)
    {
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(cases, line);

        var tested = await RunAsync("test", cases);

        tested.ExitCode.ShouldBe(64);
        tested.Error.ShouldContain(error);
    }

    [Fact]
    public async Task Test_UnknownRoute_IsNeitherAllowedNorDenied()
    {
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(cases, """{"route":"gone","kind":"tool","name":"x","expect":"deny"}""");

        var tested = await RunAsync("test", cases);

        tested.ExitCode.ShouldBe(2);
        tested.Output.ShouldContain("expected deny, got unknown (the configuration has no such route)");
    }

    [Fact]
    public async Task Replay_Candidate_SaysWhatWouldChangeAndForWhom()
    {
        Call("portal", "tools/call", "tool", "search");
        Call("portal", "tools/call", "tool", "drop", "would_deny");
        Call("portal", "tools/call", "tool", "drop", "would_deny");
        Call("robot", "tools/call", "tool", "search", "deny");
        Call("robot", "tools/call", "tool", "search", "refuse");
        var candidate = Path.Combine(folder, "candidate.yaml");
        await File.WriteAllTextAsync(candidate, Configuration(PortalMay("search")));

        var replay = await RunAsync("replay", candidate, "--since", "40000d");

        replay.ShouldBe((0, replay.Output, ""));
        replay.Output.ShouldBe(
            """
            deny        2 calls  docs  tools/call drop  portal  (default, last 2026-11-20 10:00 UTC)
            4 calls: 2 would be decided otherwise, 0 cannot be decided, 1 not decided by rules.

            """
        );
    }

    [Fact]
    public async Task Replay_RuleForAGroup_UsesTheRecordedGroups()
    {
        var staff = Rules("""{name: staff, effect: allow, issuer: corp, groups: [staff], tools: ["*"]}""");
        Call("a", "tools/call", "tool", "x", principal: """ ,"groups":["staff"] """);
        Call("b", "tools/call", "tool", "x", principal: """ ,"groups":["guests"] """);
        Call("c", "tools/call", "tool", "x", principal: """ ,"groups":["guests"],"groups_more":4 """);
        var candidate = Path.Combine(folder, "candidate.yaml");
        await File.WriteAllTextAsync(candidate, Configuration(staff));

        var replay = await RunAsync("replay", candidate, "--since", "40000d");

        replay.Output.ShouldContain("deny        1 calls  docs  tools/call x  b  (default");
        replay.Output.ShouldContain("3 calls: 1 would be decided otherwise, 1 cannot be decided.");
    }

    [Fact]
    public async Task Replay_InvalidCandidate_IsReported()
    {
        var candidate = Path.Combine(folder, "candidate.yaml");
        await File.WriteAllTextAsync(candidate, Configuration(Rules("{name: x, effect: maybe, tools: [a]}")));

        (await RunAsync("replay", candidate)).ExitCode.ShouldBe(78);
    }

    [Fact]
    public async Task Explain_RecordedCall_SaysThenAndNow()
    {
        Call("portal", "tools/call", "tool", "drop\u001b[2J", "deny");

        var explained = await RunWithAsync(PortalMay("drop*"), "explain", "1");

        explained.ShouldBe((0, explained.Output, ""));
        explained.Output.ShouldBe(
            """
            2026-11-20 10:00:00 UTC  docs  tools/call drop\uFFFD[2J of portal
            Decided: deny (default), policy version 0123456789abcdef.
            Today:   deny (unclear_name).

            """.Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal)
        );
        (await RunAsync("explain", "7")).Error.ShouldContain("The record has no call 7.");
    }

    [Theory]
    [InlineData("learn", "--since", "soon")]
    [InlineData("learn", "--route", "dcs")]
    [InlineData("test")]
    public async Task Run_BadArguments_AreRefused(params string[] arguments) =>
        (await RunAsync(arguments)).ExitCode.ShouldBeOneOf(1, 64);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string RecordFile => Path.Combine(folder, "audit", "calls.jsonl");

    private static string PortalMay(string tool) =>
        Rules($$"""{name: portal, effect: allow, issuer: corp, client_id: portal, tools: ["{{tool}}"]}""");

    private static string OwnCustomer =>
        Rules("{name: own, effect: allow, tools: [get], arguments: [{at: /id, equals_claim: customer_id}]}");

    private static string OwnRows =>
        Rules(
            "{name: own, effect: allow, tools: [get], answer: {rows: [{at: /orders, where: {at: /c, equals_claim: customer_id}}], fields: [/orders/*/id]}}"
        );

    // A case of a call that is allowed, by a caller with the customer c-7.
    private async Task<(int ExitCode, string Output, string Error)> TestAsync(string policy, string tool, string answer)
    {
        var cases = Path.Combine(folder, "cases.jsonl");
        await File.WriteAllTextAsync(
            cases,
            $$$$"""{"route":"docs","kind":"tool","name":"{{{{tool}}}}","principal":{"sub":"p","claims":{"customer_id":"c-7"}},{{{{answer}}}},"expect":"allow"}"""
        );
        return await RunWithAsync(policy, "test", cases);
    }

    private static string Rules(string rule) =>
        $"routes:\n  docs:\n    policy:\n      mode: enforce\n      rules:\n        - {rule}\n";

    private void Call(
        string client,
        string method,
        string kind,
        string name,
        string decision = "allow",
        string issuer = Issuer,
        string more = "",
        string principal = ""
    )
    {
        var what =
            kind.Length > 0 ? $"\"kind\":\"{kind}\",\"name\":{System.Text.Json.JsonSerializer.Serialize(name)}," : "";
        var who = $"{{\"iss\":\"{issuer}\",\"sub\":\"{client}\",\"client_id\":\"{client}\",\"scopes\":[]{principal}}}";
        lines.Add(
            $"{{\"seq\":{lines.Count + 1},\"time\":\"2026-11-20T10:00:00Z\",\"type\":\"call\",\"route\":\"docs\","
                + $"\"method\":\"{method}\",{what}{more}\"mode\":\"observe\",\"policy\":\"0123456789abcdef\","
                + $"\"decision\":\"{decision}\",\"reason\":\"default\",\"principal\":{who},\"status\":200}}"
        );
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunWithAsync("", arguments);

    /// <param name="policy">Routes with a policy, as learned; empty = none.</param>
    /// <param name="arguments">Of the command.</param>
    private async Task<(int ExitCode, string Output, string Error)> RunWithAsync(
        string policy,
        params string[] arguments
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RecordFile)!);
        await File.WriteAllLinesAsync(RecordFile, lines);
        var file = Path.Combine(folder, "agent.yaml");
        await File.WriteAllTextAsync(file, Configuration(policy));
        return await AgentCli.RunAsync(PolicyCommand.Create(), [.. arguments, "--config", file]);
    }

    // The route's own lines go where the policy's begin.
    private string Configuration(string policy)
    {
        const string Route = "  docs:\n";
        policy = policy.Length > 0 ? policy : "routes:\n" + Route;
        return $"""
                config_version: 1
                state_dir: {folder}
                identity:
                  url: "https://identity.example.com:8443"
                  organization_id: 11111111-1111-1111-1111-111111111111
                  rule_id: fdrl_010000000000000000000000
                tunnel:
                  id: tnl_010000000000000000000000
                issuers:
                  corp:
                    issuer: {Issuer}
                    claims: [customer_id]

                """
            + policy.Replace(
                Route,
                Route
                    + "    upstream:\n      url: \"http://127.0.0.1:9\"\n      allowed_ranges: [127.0.0.0/8]\n"
                    + "    oauth:\n      mode: required\n      issuers: [corp]\n      resource: https://docs.example.test/mcp\n",
                StringComparison.Ordinal
            );
    }
}
