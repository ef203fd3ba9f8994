using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

/// <summary>A file with two servers and the tools that join them.</summary>
internal static class ComposeSample
{
    public const string File = """
        routes:
          crm:
            upstream: {url: "http://127.0.0.1:3001", allowed_ranges: [127.0.0.0/8]}
            oauth: {mode: required, issuers: [corp]}
          orders:
            upstream: {url: "http://127.0.0.1:3002", allowed_ranges: [127.0.0.0/8]}
            oauth: {mode: required, issuers: [corp]}
          revenue:
            upstream:
              compose:
                tools:
                  late_orders:
                    description: Late orders of one customer, with the customer's tier.
                    input:
                      type: object
                      properties:
                        customer: {type: string, maxLength: 64}
                        least: {type: integer}
                      required: [customer]
                      additionalProperties: false
                    steps:
                      - name: customer
                        call: crm/find_customer
                        with: {name: {argument: /customer}, owner: {claim: sub}, limit: {value: 5}}
                        rows: {at: /customers, max: 2, columns: {id: /id, tier: /tier}}
                      - name: orders
                        call: orders/search
                        for_each: customer
                        with: {customer_id: {column: id}}
                        rows: {at: /orders, columns: {id: /id, due: /due, total: /total, customer_id: /customer/id}}
                        on_failure: empty
                    select: |
                      SELECT o.id, o.due, o.total, c.tier
                      FROM orders AS o JOIN customer AS c ON c.id = o.customer_id
                      WHERE o.due < date('now') AND o.total >= coalesce(:argument_least, 0) ORDER BY o.due
                    max_rows: 2
                  find:
                    description: Finds a customer by name.
                    input: {type: object, properties: {name: {type: string}}, additionalProperties: false}
                    steps:
                      - name: customer
                        call: crm/find_customer
                        with: {name: {argument: /name}}
                        rows: {at: /customers, columns: {id: /id}}
                  find_all:
                    description: Finds customers, as the server does.
                    steps:
                      - {name: customer, call: crm/find_customer}
                  commit:
                    description: Orders if the budget of the department allows it.
                    input: {type: object, properties: {amount: {type: integer}}, additionalProperties: false}
                    steps:
                      - name: budget
                        call: crm/get_budget
                        rows: {at: /budgets, columns: {id: /id, left: /left}}
                      - name: order
                        call: orders/create
                        with: {budget: {column: id}, amount: {argument: /amount}}
                        rows: {at: /created, columns: {number: /number}}
                    select: SELECT id FROM budget WHERE "left" >= :argument_amount ORDER BY "left" DESC
                    require: rows
            oauth: {mode: required, issuers: [corp]}
        config_version: 1
        identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
        tunnel: {id: tnl_010000000000000000000000}
        issuers: {corp: {issuer: "https://login.example.test", claims: [region]}}

        """;

    public static ComposedTool Tool(string name, string file = File) =>
        Read(file).Tools.Single(t => t.Tool.Name == name).Tool;

    public static ComposeRead Read(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("culvert-compose-").FullName, "agent.yaml");
        try
        {
            System.IO.File.WriteAllText(path, text);
            var loaded = ConfigLoader.Load(
                ConfigLocation.Agent,
                path,
                AgentConfiguration.Read,
                new Dictionary<string, string>()
            );
            return new ComposeRead(
                [
                    .. from route in loaded.Settings?.Routes ?? []
                    where route.Upstream is ComposeSettings
                    from tool in ((ComposeSettings)route.Upstream).Tools
                    select (route.Name, tool),
                ],
                loaded.Errors
            );
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}

internal sealed record ComposeRead(
    IReadOnlyList<(string Route, ComposedTool Tool)> Tools,
    IReadOnlyList<ConfigError> Errors
);
