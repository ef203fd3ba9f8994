using Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

/// <summary>What a composed tool may not be is an error with line, key and remedy, before anything is called.</summary>
public sealed class ComposeReaderTests
{
    private const string Tools = "routes.revenue.upstream.compose.tools";

    [Fact]
    public void Sample_IsValid()
    {
        var read = ComposeSample.Read(ComposeSample.File);

        read.Errors.ShouldBeEmpty();
        read.Tools.Select(t => $"{t.Route}/{t.Tool.Name}")
            .ShouldBe(["revenue/late_orders", "revenue/find", "revenue/find_all", "revenue/commit"]);
    }

    [Theory]
    [InlineData(
        "call: crm/find_customer\nwith: {name: {argument: /customer}",
        "call: erp/x\nwith: {name: {argument: /customer}",
        "late_orders.steps[0].call",
        "The route erp does not exist."
    )]
    [InlineData(
        "call: orders/search",
        "call: revenue/find",
        "late_orders.steps[1].call",
        "The route revenue is composed itself."
    )]
    [InlineData("call: orders/search", "call: orders", "late_orders.steps[1].call", "This is not the tool of a route.")]
    [InlineData("for_each: customer", "for_each: client", "late_orders.steps[1].for_each", "No step has this name.")]
    [InlineData(
        "for_each: customer",
        "for_each: orders",
        "late_orders.steps[1].for_each",
        "The steps orders and orders wait for each other."
    )]
    [InlineData(
        "call: crm/find_customer\nwith: {name: {argument: /customer}",
        "call: crm/find_customer\nfor_each: orders\nwith: {name: {argument: /customer}",
        "late_orders.steps[0].for_each",
        "The steps customer and orders wait for each other."
    )]
    [InlineData(
        "call: crm/get_budget",
        "call: crm/get_budget\nfor_each: order",
        "commit.steps[0].for_each",
        "The step order comes later."
    )]
    [InlineData(
        "{customer_id: {column: id}}",
        "{customer_id: {column: name}}",
        "late_orders.steps[1].with.customer_id.column",
        "No such column."
    )]
    [InlineData(
        "limit: {value: 5}",
        "limit: {column: id}",
        "late_orders.steps[0].with.limit.column",
        "The step is not called for rows of another one."
    )]
    [InlineData(
        "limit: {value: 5}",
        "limit: {value: 5, claim: sub}",
        "late_orders.steps[0].with.limit",
        "An argument has one source."
    )]
    [InlineData("limit: {value: 5}", "limit: {}", "late_orders.steps[0].with.limit", "An argument has one source.")]
    [InlineData(
        "{argument: /customer}",
        "{argument: /client}",
        "late_orders.steps[0].with.name.argument",
        "The tool has no such argument."
    )]
    [InlineData(
        "{argument: /customer}",
        "{argument: customer}",
        "late_orders.steps[0].with.name.argument",
        "customer is not a JSON pointer."
    )]
    [InlineData("{claim: sub}", "{claim: \"\"}", "late_orders.steps[0].with.owner.claim", "The claim has no name.")]
    [InlineData(
        "{claim: sub}",
        "{claim: regions}",
        "late_orders.steps[0].with.owner.claim",
        "issuers.corp.claims does not name the claim regions, so that no rule may compare it."
    )]
    [InlineData(
        ":argument_least",
        ":claim_regions",
        "late_orders.select",
        "No rule may compare the claim regions of this route's callers."
    )]
    [InlineData(
        "tier: /tier}",
        "ID: /tier}",
        "late_orders.steps[0].rows.columns",
        "ID is there twice: case does not count."
    )]
    [InlineData("tier: /tier}", "tier: tier}", "late_orders.steps[0].rows.columns", "tier is not a JSON pointer.")]
    [InlineData("- name: orders", "- name: customer", "late_orders.steps[1].name", "Another step has this name.")]
    [InlineData(
        "- name: orders",
        "- name: sqlite_orders",
        "late_orders.steps[1].name",
        "This is not a name for a table."
    )]
    [InlineData("- name: orders", "- name: rows", "late_orders.steps[1].name", "This is not a name for a table.")]
    [InlineData(
        "\nrows: {at: /budgets, columns: {id: /id, left: /left}}",
        "",
        "commit.steps[0].rows",
        "`select` reads this step."
    )]
    [InlineData(
        "rows: {at: /customers, columns: {id: /id}}",
        "rows: {at: /customers}",
        "find.steps[0].rows.columns",
        "The number must be from 1 to 64."
    )]
    [InlineData(
        "SELECT id FROM budget",
        "SELECT nr FROM budget",
        "commit.select",
        "Line 1, column 8 of the SQL: No such column: nr."
    )]
    [InlineData(
        "with: {budget: {column: id}",
        "with: {budget: {column: left}",
        "commit.steps[1].with.budget",
        "`select` has no column left."
    )]
    [InlineData(
        "call: orders/create",
        "call: orders/create\nfor_each: budget",
        "commit.steps[1].for_each",
        "The step after `select` is called once."
    )]
    [InlineData(
        "call: orders/create",
        "call: orders/create\non_failure: empty",
        "commit.steps[1].on_failure",
        "The step may write, so its failure is never ignored."
    )]
    [InlineData("max_rows: 2", "require: all", "late_orders.require", "This is not one of none, rows.")]
    [InlineData(
        "- {name: customer, call: crm/find_customer}",
        "- {name: customer, call: crm/a}\v- {name: b, call: crm/b}",
        "find_all.steps",
        "Without `select`, a tool has one step."
    )]
    [InlineData(
        "- {name: customer, call: crm/find_customer}",
        "- {name: customer, call: crm/a}\frequire: rows",
        "find_all.require",
        "The last step needs rows of `select`."
    )]
    [InlineData(
        "- {name: customer, call: crm/find_customer}",
        "[]",
        "find_all.steps",
        "The number of steps must be from 1 to 16."
    )]
    [InlineData(
        "{name: {type: string}}, additionalProperties: false}",
        "{name: {type: string}}}",
        "find.input",
        "It permits arguments that it does not list."
    )]
    [InlineData(
        "properties: {name: {type: string}}",
        "properties: {name: {type: strange}}",
        "find.input",
        "/properties/name: strange is not a type."
    )]
    [InlineData(
        "properties: {name: {type: string}}",
        "properties: {name: {minLength: 0x1}}",
        "find.input.properties.name.minLength",
        "YAML readers take this for different things."
    )]
    [InlineData(
        "input: {type: object, properties: {name",
        "input: {type: array, properties: {name",
        "find.input",
        "This is not the schema of an object."
    )]
    [InlineData(
        "description: Finds a customer by name.",
        "description: \"\"",
        "find.description",
        "This is not text that is not empty."
    )]
    [InlineData("find_all:", "find all:", "find all", "This is not a tool's name.")]
    [InlineData(
        "o.total, c.tier",
        "o.sum, c.tier",
        "late_orders.select",
        "Line 1, column 21 of the SQL: No such column: o.sum."
    )]
    [InlineData(
        "date('now')",
        "random()",
        "late_orders.select",
        "Line 3, column 15 of the SQL: The function random is not allowed."
    )]
    [InlineData(
        ":argument_least",
        ":argument_most",
        "late_orders.select",
        "Line 3, column 51 of the SQL: The parameter :argument_most is unknown."
    )]
    [InlineData("on_failure: empty", "on_failures: empty", "late_orders.steps[1].on_failures", "Unknown key.")]
    public void MistakeOfTheFile_IsAnError(string part, string other, string key, string message)
    {
        var at = ComposeSample.File.IndexOf(Indent(part), StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0);
        var text = ComposeSample.File[..at] + Indent(other) + ComposeSample.File[(at + Indent(part).Length)..];

        var error = ComposeSample.Read(text).Errors[0];

        (error.Key, error.Message).ShouldBe(($"{Tools}.{key}", message));
        error.Remedy.ShouldNotBeEmpty();
        error.Source.Line.ShouldBeGreaterThan(7);
    }

    [Fact]
    public void ErrorOfTheSql_IsInItsLineOfTheFile()
    {
        var text = ComposeSample.File.Replace("date('now')", "random()", StringComparison.Ordinal);
        var line = text.Split('\n').ToList().FindIndex(l => l.Contains("random()", StringComparison.Ordinal)) + 1;

        ComposeSample.Read(text).Errors.Single().Source.Line.ShouldBe(line);
    }

    [Fact]
    public void StepsWithoutDependence_AreInOneWave()
    {
        var text = ComposeSample
            .File.Replace(Indent("\nfor_each: customer"), "", StringComparison.Ordinal)
            .Replace("{customer_id: {column: id}}", "{customer_id: {value: 1}}", StringComparison.Ordinal);

        ComposeSample.Tool("late_orders").CreateWaves().Select(w => w.Count).ShouldBe([1, 1]);
        ComposeSample.Tool("late_orders", text).CreateWaves().Select(w => w.Count).ShouldBe([2]);
        ComposeSample.Tool("commit").CreateWaves().Select(w => w.Count).ShouldBe([1]);
    }

    // A new line is a key of a step; a form feed is one of a tool, a vertical tab another step.
    private static string Indent(string text) =>
        text.Replace("\n", $"\n{new string(' ', 16)}", StringComparison.Ordinal)
            .Replace("\f", $"\n{new string(' ', 12)}", StringComparison.Ordinal)
            .Replace("\v", $"\n{new string(' ', 14)}", StringComparison.Ordinal);
}
