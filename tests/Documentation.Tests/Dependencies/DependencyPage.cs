using System.Globalization;
using System.Text;

namespace Culvert.Documentation.Tests.Dependencies;

/// <summary>Writes <c>docs/dependencies.md</c>.</summary>
internal static class DependencyPage
{
    public static string Write()
    {
        var page = new StringBuilder(
            """
            # What the programs are made of

            Generated from the lock files and the packages' own declarations; a test fails when it is stale, and when a licence is not
            one of those that are allowed. Versions are exact: a restore that would take another one fails.

            A restore also fails when the package source knows a weakness of any of these packages (NuGet audit, every severity, also
            of what others bring). `AuditExceptions.props` lists the weaknesses that are tolerated, each with a reason and its last
            day; a test fails after that day. A source that has no such list, or cannot be reached, is a warning. What each program
            consists of is published with it as a bill of materials ([publishing.md](publishing.md)).

            ## Shipped


            """
        );
        Table(page, "Package", NuGetPackages.Shipped());
        page.Append(
            """

            Besides, each program carries the .NET runtime and what it uses of ASP.NET Core (both MIT). OpenSSL is the system's; a
            PKCS#11 module and PostgreSQL are the installation's own.

            ## What the libraries do

            A library does what the field already agrees on; our own code is where a rule of security, a measured figure or native
            compilation needs it. Evaluated and not used: DnsClient ([why](decisions/0009-own-dns-client.md)),
            Microsoft.Extensions.TimeProvider.Testing ([why](decisions/0010-own-test-clock.md)), and JsonSchema.Net
            ([why](decisions/0014-own-schema-evaluator.md)).

            | Library | Version | Does | Measured | Stays ours |
            |---|---|---|---|---|

            """
        );
        foreach (var use in DependencyUse.All)
        {
            var version = NuGetPackages.Shipped().Single(package => package.Name == use.Package).Version;
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {use.Package} | {version} | {use.Does} | {use.Measured} | {use.Ours} |\n"
            );
        }

        page.Append(
            """

            ## Build and tests

            Nothing of these is in a program.


            """
        );
        Table(page, "Package", NuGetPackages.Others());
        page.Append(
            """

            ## Peers of the tests

            Programs of others, from npm, that the tests and the quickstart run unmodified, each in a process of its own.


            """
        );
        Table(page, "Package", NpmPackages.Named());
        page.Append("\nWith all that these bring:\n\n| Licence | Packages |\n|---|---|\n");
        foreach (var (licence, count) in NpmPackages.Licences())
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {(licence.Length > 0 ? licence : "not declared")} | {count} |\n"
            );
        }

        page.Append(
            """

            From Debian, where they are not installed already: nginx, haproxy, PostgreSQL, SoftHSM, OpenSSH, Chromium, Prometheus'
            `promtool`, docker-compose and kubectl (which check what is under `deploy/`), Go and some of its libraries (which render the
            chart). They are unpacked below `.run` and not handed on.

            """
        );
        return page.ToString();
    }

    private static void Table(StringBuilder page, string heading, IEnumerable<Dependency> dependencies)
    {
        page.Append(CultureInfo.InvariantCulture, $"| {heading} | Version | Licence | Used by |\n|---|---|---|---|\n");
        foreach (var one in dependencies)
        {
            var licence = one.Licence.Length > 0 ? one.Licence : "not declared";
            page.Append(CultureInfo.InvariantCulture, $"| {one.Name} | {one.Version} | {licence} | {one.UsedBy} |\n");
        }
    }
}
