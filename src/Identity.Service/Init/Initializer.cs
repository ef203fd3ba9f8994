using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Init;

/// <summary>
/// Makes an installation: all or nothing. The database grows under a temporary name and takes its real one after the
/// last step, so that an interrupted init can simply be run again.
/// </summary>
internal static class Initializer
{
    /// <summary>Returns the lines to print. Throws <see cref="StoreException"/> when there is an installation already.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(
        ServiceOptions options,
        string organizationName,
        string adminKeyFile,
        TimeProvider time,
        ILoggerFactory loggers,
        Action<IServiceCollection>? configure,
        CancellationToken cancellationToken
    )
    {
        var file = Store.FileOf(options);
        if (File.Exists(file))
        {
            throw new StoreException($"Initialised already: {file} exists.");
        }

        if (File.Exists(adminKeyFile))
        {
            throw new StoreException($"{adminKeyFile} exists: init never overwrites a key. Move it away first.");
        }

        var draft = file + ".init";
        DeleteDraft(draft);
        if (options.SealingKey.File is { } sealingKey)
        {
            SealingKeyFile.Ensure(sealingKey);
        }

        var context = new InitContext(organizationName, adminKeyFile);
        try
        {
            using (var store = Store.Create(draft, options, time, loggers.CreateLogger("Culvert.Init")))
            {
                await RunStepsAsync(options, store, time, loggers, configure, context, cancellationToken);
            }

            File.Move(draft, file);
        }
        catch
        {
            DeleteDraft(draft);
            File.Delete(adminKeyFile);
            throw;
        }

        return [.. context.Messages];
    }

    private static async Task RunStepsAsync(
        ServiceOptions options,
        Store store,
        TimeProvider time,
        ILoggerFactory loggers,
        Action<IServiceCollection>? configure,
        InitContext context,
        CancellationToken cancellationToken
    )
    {
        var services = new ServiceCollection().AddCulvertService(options, store, time);
        services.AddSingleton(loggers);
        configure?.Invoke(services);
        await using var provider = services.BuildServiceProvider();
        foreach (var step in provider.GetServices<IInitStep>())
        {
            await step.RunAsync(context, cancellationToken);
        }
    }

    private static void DeleteDraft(string draft)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(draft + suffix);
        }
    }
}
